// Search over the handbook. Nobody has registered this one.
const embeddings = 'https://api.openai.com/v1/embeddings';

export const embed = (text) =>
  fetch(embeddings, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'text-embedding-3-small', input: text }),
  });
