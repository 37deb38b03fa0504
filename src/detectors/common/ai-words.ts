/** Words that, as a whole part of a host label or of a name, suggest AI. */
export const aiWords: ReadonlySet<string> = new Set([
  'ai',
  'aichat',
  'aigc',
  'chatai',
  'chatbot',
  'chatbots',
  'copilot',
  'copilots',
  'genai',
  'gpt',
  'gpt3',
  'gpt4',
  'gpt5',
  'gpts',
  'llm',
  'llmops',
  'llms',
  'mcp',
  'ollama',
  'vllm',
]);

/**
 * Names of AI vendors and models. A host that is named so and nothing more is the vendor's own site, an older firm's, or a look-alike;
 * with another word (`openai-proxy.com`) it is somebody's AI.
 */
export const aiBrands: ReadonlySet<string> = new Set([
  'anthropic',
  'chatgpt',
  'claude',
  'deepseek',
  'gemini',
  'langchain',
  'llama',
  'mistral',
  'openai',
  'qwen',
]);

/** Words that ordinary names have as well: they add to other reasons. */
export const aiHints: ReadonlySet<string> = new Set([
  'agent',
  'agentic',
  'agents',
  'assistant',
  'bot',
  'bots',
  'chat',
  'diffusion',
  'embedding',
  'embeddings',
  'inference',
  'ml',
  'mlops',
  'model',
  'models',
  'neural',
  'prompt',
  'prompts',
  'rag',
  'whisper',
]);

/** More hints in the names of apps and extensions, where `notetaker` is not the shop of somebody. */
export const appHints: ReadonlySet<string> = new Set([
  'meeting',
  'notes',
  'notetaker',
  'recorder',
  'scribe',
  'summarize',
  'summarizer',
  'summary',
  'transcribe',
  'transcriber',
  'transcript',
  'transcription',
  'translate',
  'writer',
]);

/** Parts of a host name that mean advertising, measurement, delivery of files or the registry of a zone. */
export const againstWords: ReadonlySet<string> = new Set([
  'ad',
  'ads',
  'adserv',
  'adserver',
  'adx',
  'bid',
  'bidder',
  'cdn',
  'dsp',
  'nic',
  'pixel',
  'rtb',
  'ssp',
  'track',
  'tracker',
  'tracking',
  'usersync',
  'whois',
]);

/** Registrable names with a reason of the rules that a person has looked at: no AI that anybody uses by going there. */
export const ordinaryNames: ReadonlySet<string> = new Set([
  'anota.ai',
  'axon.ai',
  'beacons.ai',
  'dxtech.ai',
  'e-volution.ai',
  'gimy.ai',
  'gmgn.ai',
  'hybrid.ai',
  'linke.ai',
  'loudecho.ai',
  'nrich.ai',
  'phimxxx.ai',
  'programmaticx.ai',
  'sardine.ai',
  'swishapps.ai',
  'unifi-ai.com',
  'vivint.ai',
  'wknd.ai',
]);

/** The words of a name, lower case. */
export const wordsOf = (name: string): string[] => name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
