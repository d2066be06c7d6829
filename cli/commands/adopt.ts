import { defineCommand } from '../command.ts';
import { JSON_FLAG, OUT_FLAGS, WHERE_FLAGS } from './flags.ts';

/** Fetches the video of a task that exists at MiniMax. */
export const ADOPT = defineCommand({
  name: 'adopt',
  summary: 'Waits for a task that exists at MiniMax, and downloads its video. There is no new charge.',
  words: { name: 'TASK_ID', help: 'the id of a task', from: 1, to: 1 },
  flags: { ...OUT_FLAGS, ...WHERE_FLAGS, ...JSON_FLAG },
  details: 'It is make --task TASK_ID.',
  examples: ['adopt 393769180141900000'],
  async run({ values, words: [task = ''] }, context) {
    const { adopt } = await import('../make/make-command.ts');
    return adopt(task, values, context);
  },
});
