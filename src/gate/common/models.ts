/** Families of models: how their names begin, and the vendor, named as in the catalog. */
const families = [
  ['gpt-', 'OpenAI'],
  ['chatgpt-', 'OpenAI'],
  ['text-embedding-3-', 'OpenAI'],
  ['text-embedding-ada-', 'OpenAI'],
  ['dall-e-', 'OpenAI'],
  ['whisper-1', 'OpenAI'],
  ['o1-mini', 'OpenAI'],
  ['o1-preview', 'OpenAI'],
  ['o1-pro', 'OpenAI'],
  ['o3-mini', 'OpenAI'],
  ['o3-pro', 'OpenAI'],
  ['o4-mini', 'OpenAI'],
  ['claude-', 'Anthropic'],
  ['gemini-', 'Google'],
  ['gemma', 'Google'],
  ['llama', 'Meta'],
  ['codellama', 'Meta'],
  ['mistral', 'Mistral AI'],
  ['mixtral', 'Mistral AI'],
  ['ministral', 'Mistral AI'],
  ['codestral', 'Mistral AI'],
  ['pixtral', 'Mistral AI'],
  ['devstral', 'Mistral AI'],
  ['deepseek-', 'DeepSeek'],
  ['grok-', 'xAI'],
  ['command-r', 'Cohere'],
  ['command-a', 'Cohere'],
  ['embed-english-', 'Cohere'],
  ['embed-multilingual-', 'Cohere'],
  ['qwen', 'Alibaba'],
  ['nova-', 'Amazon'],
  ['titan-', 'Amazon'],
  ['phi-', 'Microsoft'],
  ['sonar-', 'Perplexity'],
  ['glm-', 'Zhipu AI'],
  ['kimi-', 'Moonshot AI'],
] as const;

const escaped = families.map(([start]) => start.replaceAll('.', '\\.'));
/**
 * In quotes, or as the whole value of a key. Behind the family comes a version or variant, so that `claude-` alone and `llama` in a
 * sentence do not count; in front may stand who serves it (`openai/`, `us.anthropic.`).
 */
const model = new RegExp(
  `(?:["'\`]|[:=][ \\t]{1,10}|=)((?:[a-z0-9_-]{1,40}[./:]){0,4}(${escaped.join('|')})[a-z0-9.:_@/-]{0,80})(?=["'\`\\s,;]|$)`,
  'gim',
);
const makers = new Map<string, string>(families);
const variant =
  /\d|mini|turbo|pro|large|medium|small|nano|flash|opus|sonnet|haiku|chat|coder|reasoner|plus|lite|latest|instruct|micro|express|nemo/;
/** Packages, files and repositories are named after models too. */
const noModel =
  /\.(?:js|ts|py|md|json|ya?ml|txt|html|css|png|svg|com|ai|go|rs|java|cs|rb|php|sh|gguf)$|^(?:https?|@)|github\.com/i;

/** Names of models in a text, each once. */
export function* modelNames(text: string): Generator<{ name: string; maker: string; offset: number }> {
  const seen = new Set<string>();
  for (const match of text.matchAll(model)) {
    const [whole, name = '', family = ''] = match;
    const key = name.toLowerCase();
    if (seen.has(key) || !variant.test(key.slice(key.lastIndexOf(family.toLowerCase()))) || noModel.test(name))
      continue;
    seen.add(key);
    yield {
      name,
      maker: makers.get(family.toLowerCase()) ?? '',
      offset: match.index + whole.indexOf(name),
    };
  }
}
