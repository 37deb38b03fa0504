/**
 * The rules by which something looks like AI: data, with a version. A candidate's score is the sum of its reasons, from 0 to 100, and
 * who reaches the threshold is one. A change of a number, word or name here is a new version.
 *
 * The speed path sees only host, end of the path and User-Agent of a network record (`Glance`), and of flow records the port. So what
 * it cannot see (a method, the port of a request) or what many ordinary hosts have (the words of `hints`) only adds to a reason that
 * it does see, and alone stays below the threshold.
 */
export const candidateRules = {
  version: '2026-11-26.2',
  threshold: 50,
  points: {
    /** A name directly in the .ai zone; a name in a part of it that is Anguilla's (`.com.ai`). */
    zone: 50,
    zoneOfAnguilla: 10,
    /** A word of `words` as a whole part of the registrable name, or of the labels in front of it. */
    word: 50,
    /** Words of `hints`, each and at most. */
    hint: 20,
    hints: 40,
    /** `gpt` at the end of a longer name: `askgpt`. */
    gptEnding: 40,
    /** An app of a tenant on a platform that builds apps by AI. */
    platform: 50,
    lowConfidence: 50,
    /** A part of the name that means advertising, measurement or the registry of a zone. */
    against: -35,
    /** Reviewed, and no AI that people use. */
    ordinary: -60,
    post: 10,
    stream: 10,
    internal: 10,
    port: 40,
    /** Of a flow record, with a port of `tellingPorts` and a server inside the network. */
    flowPort: 50,
    agent: 60,
    appWord: 50,
    /** Somebody said so, asked which AI they use. */
    declared: 50,
    appHint: 30,
    scopeOfAi: 50,
    broadScope: 20,
    merchantShared: 60,
    merchantWord: 50,
    merchantHint: 20,
    merchantResembles: 50,
    /** A store through which AI apps are paid, too, and the text does not say for what. */
    merchantStore: 50,
  },
} as const;

/** Ports on which model servers and their consoles listen, of which nothing else is known to be common. */
export const modelPorts: ReadonlyMap<number, string> = new Map([
  [11434, 'Ollama'],
  [1234, 'LM Studio'],
  [1337, 'Jan'],
  [4891, 'GPT4All'],
  [5001, 'KoboldCpp'],
  [7860, 'Gradio'],
  [8188, 'ComfyUI'],
  [9997, 'Xinference'],
]);

/**
 * Ends of paths, lower case, by which the protocol families of model APIs show. Points below the threshold: others have such paths
 * too, and it takes another reason. Paths as the vendors' API references write them.
 */
export const apiPaths: readonly (readonly [end: string, family: string, points: number])[] = [
  ['/chat/completions', 'OpenAI-compatible chat', 60],
  ['/v1/completions', 'OpenAI-compatible completion', 50],
  ['/v1/responses', 'OpenAI-compatible responses', 50],
  ['/v1/embeddings', 'OpenAI-compatible embeddings', 60],
  ['/images/generations', 'OpenAI-compatible images', 50],
  ['/audio/transcriptions', 'OpenAI-compatible speech', 50],
  ['/audio/speech', 'OpenAI-compatible speech', 50],
  ['/v1/rerank', 'Cohere-compatible rerank', 50],
  ['/v1/messages', 'Anthropic messages', 30],
  ['/v1/complete', 'Anthropic completion', 20],
  ['/messages/count_tokens', 'Anthropic messages', 60],
  [':generatecontent', 'Gemini', 60],
  [':streamgeneratecontent', 'Gemini', 60],
  [':embedcontent', 'Gemini', 60],
  [':batchembedcontents', 'Gemini', 60],
  [':counttokens', 'Gemini', 50],
  ['/converse', 'Bedrock', 20],
  ['/converse-stream', 'Bedrock', 50],
  ['/invoke-with-response-stream', 'Bedrock', 60],
  ['/api/generate', 'Ollama', 30],
  ['/api/chat', 'Ollama', 30],
  ['/api/embed', 'Ollama', 30],
  ['/api/embeddings', 'Ollama', 40],
  ['/generate_stream', 'text generation inference', 50],
  ['/sdapi/v1/txt2img', 'Stable Diffusion', 60],
  ['/sdapi/v1/img2img', 'Stable Diffusion', 60],
  ['/mcp', 'Model Context Protocol', 50],
  ['/sse', 'server-sent events, the older transport of the Model Context Protocol', 20],
];

/** User-Agents of SDKs and frameworks that talk to whatever model API they are pointed at. Where the host is unknown, it is one. */
export const sdkAgents: readonly (readonly [token: string, name: string])[] = [
  ['OpenAI/', 'the OpenAI SDK'],
  ['AsyncOpenAI/', 'the OpenAI SDK'],
  ['AzureOpenAI/', 'the OpenAI SDK'],
  ['AsyncAzureOpenAI/', 'the OpenAI SDK'],
  ['Anthropic/', 'the Anthropic SDK'],
  ['AsyncAnthropic/', 'the Anthropic SDK'],
  ['google-genai-sdk/', 'the Google GenAI SDK'],
  ['ai-sdk/', 'the Vercel AI SDK'],
  ['Groq/', 'the Groq SDK'],
  ['langchain', 'LangChain'],
  ['llama-index', 'LlamaIndex'],
  ['litellm', 'LiteLLM'],
  ['ollama-python/', 'the Ollama SDK'],
  ['ollama-js/', 'the Ollama SDK'],
  ['mcp-remote/', 'a client of the Model Context Protocol'],
  ['python-mcp', 'a client of the Model Context Protocol'],
];

/**
 * Zones in which platforms that build apps by AI, or host models, give every tenant a name of its own. Hosting for any kind of app
 * (Vercel, Netlify, workers.dev) is not among them.
 */
export const builderPlatforms: ReadonlyMap<string, string> = new Map([
  ['lovable.app', 'Lovable'],
  ['lovableproject.com', 'Lovable'],
  ['replit.app', 'Replit'],
  ['replit.dev', 'Replit'],
  ['repl.co', 'Replit'],
  ['bolt.host', 'Bolt'],
  ['base44.app', 'Base44'],
  ['vusercontent.net', 'v0'],
  ['v0.app', 'v0'],
  ['v0.build', 'v0'],
  ['emergent.host', 'Emergent'],
  ['manus.space', 'Manus'],
  ['created.app', 'Create'],
  ['rork.app', 'Rork'],
  ['streamlit.app', 'Streamlit'],
  ['gradio.live', 'Gradio'],
  ['hf.space', 'Hugging Face Spaces'],
  ['proxy.runpod.net', 'RunPod'],
  ['modal.run', 'Modal'],
  ['coze.site', 'Coze'],
  ['botpress.cloud', 'Botpress'],
  ['chatbase.co', 'Chatbase'],
  ['gumloop.com', 'Gumloop'],
  ['mindstudio.ai', 'MindStudio'],
  ['relevanceai.com', 'Relevance AI'],
  ['val.run', 'Val Town'],
  ['wordware.app', 'Wordware'],
  ['zapier.app', 'Zapier Interfaces'],
]);

/** Scopes (any case, as part of a scope) that are access to a model API or to what meeting bots read. */
export const aiScopes: readonly string[] = [
  'generative-language',
  'cognitiveservices.azure.com',
  'aiplatform',
  'ai.azure.com',
  'onlinemeetingtranscript',
  'callrecords.read',
  'openai',
  'copilot',
];

/** Scopes that let an app read what assistants feed on: alone nothing, with a hint in the name something. */
export const broadScopes: readonly string[] = [
  'mail.read',
  'files.read',
  'sites.read',
  'chat.read',
  'notes.read',
  'calendars.read',
  'onlinemeetings.read',
  'gmail.readonly',
  'mail.google.com',
  'gmail.modify',
  'auth/drive',
  'auth/documents',
  'auth/calendar',
];
