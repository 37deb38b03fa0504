// Voices for training videos, under an exception that runs out.
const voices = 'https://api.elevenlabs.io/v1/text-to-speech';

export const speak = (voice, text) => fetch(`${voices}/${voice}`, { method: 'POST', body: JSON.stringify({ text }) });
