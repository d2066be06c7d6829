import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';
import { LIST_FLAGS } from './list.ts';

/** Watches a video until its end, or the list. */
export const WATCH = defineCommand({
  name: 'watch',
  summary: 'Watches a video until its end, or without an ID the list of your videos until Ctrl-C.',
  words: { name: 'ID', help: 'the id of a video', from: 0, to: 1 },
  flags: { ...LIST_FLAGS, ...WHERE_FLAGS, ...JSON_FLAG },
  details: `It survives lost connections, and it starts and stops nothing. The flags from --status to --metadata are for the list.
The exit code is 1 where the video has ended without a file. With --json it needs an ID, and prints the video at its end.`,
  examples: ['watch 19cd6f0b-48ac-5756-999b-592302eca7d5', 'watch --status running --local'],
  async run({ values, words: [videoId] }, { interruption }) {
    const { watch } = await import('../videos/watch.ts');
    return watch(videoId, values, interruption);
  },
});
