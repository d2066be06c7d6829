import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

/** Shows all that is known of a video. */
export const SHOW = defineCommand({
  name: 'show',
  summary: 'Shows all that is known of a video, and after a failure what to do.',
  words: { name: 'ID', help: 'the id of a video', from: 1, to: 1 },
  flags: { ...WHERE_FLAGS, ...JSON_FLAG },
  examples: ['show 19cd6f0b-48ac-5756-999b-592302eca7d5', 'show ID --local --json'],
  async run({ values, words: [videoId = ''] }, { interruption }) {
    const { show } = await import('../videos/show.ts');
    return show(videoId, values, interruption);
  },
});
