import { defineCommand } from '../command.ts';
import { JSON_FLAG, OUT_FLAGS, WHERE_FLAGS } from './flags.ts';

/** Makes one video and downloads it. */
export const MAKE = defineCommand({
  name: 'make',
  summary: 'Makes one video from a MiniMax template, and downloads it.',
  flags: {
    template: {
      takes: 'TEMPLATE',
      help: 'the id or the name of a template, or how its name begins (393769180141805569, Run for Life)',
      completes: 'templates',
    },
    media: {
      takes: 'IMAGE',
      help: 'an image for it: a URL, or a local JPEG, PNG or WebP file; repeatable',
      isRepeatable: true,
      completes: 'files',
    },
    text: { takes: 'TEXT', help: 'a text for it, such as Lion; repeatable', isRepeatable: true },
    task: { takes: 'ID', help: 'no new video: wait for this MiniMax task and fetch its video' },
    video: { takes: 'ID', help: 'no new video: wait for this one and fetch it' },
    ...OUT_FLAGS,
    here: { help: 'run the whole service in this process for this one video; needs Node 24' },
    ...WHERE_FLAGS,
    'idempotency-key': {
      takes: 'KEY',
      help: 'names the request: repeated with this key, it is not paid for twice (default: a new key)',
    },
    'dry-run': { help: 'show the body that would be sent and its price, and send nothing' },
    yes: { help: 'spend the money without a question' },
    ...JSON_FLAG,
  },
  details: `Without --template, MiniMax's own example gives the image and the text where you give none.
MiniMax charges for each new video of a deployed stack. The command says what it costs and asks before; where there is no
terminal, it needs --yes. With --here, and with dev, MINIMAX_API_KEY chooses the real MiniMax, which charges too. Without
it, a simulated MiniMax answers with a test clip. MINIMAX_API_HOST is the host of the real one, if it is not
https://api.minimax.io.
The file's path is the last line of the standard output. All else goes to the standard error stream.`,
  examples: [
    'make --template "Run for Life" --media pet.jpg --text Lion',
    'make --here',
    'make --local --media pet.jpg --text Tiger --open',
    'make --template diving --media me.jpg --dry-run',
    'make --url https://…/prod/videos --key KEY --yes --json',
  ],
  async run({ values }, context) {
    const { makeCommand } = await import('../make/make-command.ts');
    return makeCommand(values, context);
  },
});
