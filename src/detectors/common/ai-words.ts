/** Words that, as a whole part of a host label or of a name, suggest AI. */
export const aiWords: ReadonlySet<string> = new Set([
  'ai',
  'gpt',
  'chatgpt',
  'llm',
  'llms',
  'genai',
  'copilot',
  'chatbot',
  'openai',
  'claude',
  'gemini',
  'mistral',
  'ollama',
  'mcp',
]);

/** The first AI word among the words of a name; undefined when there is none. */
export function looksLikeAiName(name: string): string | undefined {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .find((word) => aiWords.has(word));
}
