import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

/** Ends the wait of the service for a video. */
export const CANCEL = defineCommand({
  name: 'cancel',
  summary: 'Ends the wait of the service for a video. MiniMax cannot be stopped, and may still charge.',
  words: { name: 'ID', help: 'the id of a running video', from: 1, to: 1 },
  flags: { ...WHERE_FLAGS, ...JSON_FLAG },
  details: 'It says how to fetch the video later, where MiniMax has named a task.',
  examples: ['cancel 19cd6f0b-48ac-5756-999b-592302eca7d5'],
  async run({ values, words: [videoId = ''] }, { interruption }) {
    const { cancel } = await import('../videos/cancel.ts');
    return cancel(videoId, values, interruption);
  },
});
