import { defineCommand } from '../command.ts';
import { JSON_FLAG, WHERE_FLAGS } from './flags.ts';

/** Checks what the other commands need. */
export const DOCTOR = defineCommand({
  name: 'doctor',
  summary:
    'Checks Node, the MiniMax key, the clock, AWS credentials, the stack, a quota and the API. It spends nothing.',
  flags: {
    here: { help: 'only what make --here and dev need: no AWS, no service' },
    ...WHERE_FLAGS,
    secret: {
      takes: 'NAME',
      help: 'the Secrets Manager secret with the MiniMax key',
      default: 'minimax/api-key',
    },
    ...JSON_FLAG,
  },
  details: `A key in MINIMAX_API_KEY is tried at MINIMAX_API_HOST with a query for a task, which costs nothing.
The exit code is 1 where there is a problem.`,
  examples: ['doctor', 'doctor --here', 'doctor --stack Mine --json'],
  async run({ values }, { interruption }) {
    const { doctor } = await import('../doctor/doctor.ts');
    return doctor(values, interruption);
  },
});
