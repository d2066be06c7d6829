import type { Command } from './flags.ts';

/** What `npm start` and `npm run video` make without --template: the example of MiniMax's guide. */
export const EXAMPLE = { template: '393769180141805569', text: 'Lion' } as const;

const REQUEST_HELP = `  --template ID   the template (393769180141805569, Run for Life)
  --media IMAGE   an image for it: a URL, or a local JPEG, PNG or WebP file; repeatable
  --text TEXT     a text for it, such as Lion; repeatable
  --task ID       no new video: wait for this MiniMax task and fetch its video
  --out PATH      the .mp4 file to write, or the folder for it (out)`;

const REQUEST_FLAGS = {
  template: { type: 'string' },
  media: { type: 'string', multiple: true },
  text: { type: 'string', multiple: true },
  task: { type: 'string' },
  out: { type: 'string', default: 'out' },
} as const;

export const START = {
  name: 'npm start',
  flags: REQUEST_FLAGS,
  help: `Makes one video from a MiniMax template on this machine.

  npm start -- [flags]

${REQUEST_HELP}
  --help          this text

Without --template, MiniMax's own example gives the image and the text where you give none.
With MINIMAX_API_KEY set, the real MiniMax makes the video and charges for it. Without it, a simulated MiniMax answers with
a test clip. MINIMAX_API_HOST is the host of the real one, if it is not https://api.minimax.io.
The file's path goes to the standard output, everything else to the standard error stream.
`,
} as const satisfies Command;

export const DEV = {
  name: 'npm run dev',
  flags: {
    port: { type: 'string', default: '3000' },
    callbacks: { type: 'boolean', default: false },
    'max-workers': { type: 'string', default: '10' },
    'cors-origin': { type: 'string', multiple: true },
  },
  help: `Runs the whole service on this machine until Ctrl-C.

  npm run dev -- [flags]

  --port PORT     the port of the API, which is plain HTTP here (3000)
  --callbacks     the simulated MiniMax sends a callback when a task changes
  --max-workers N how many instances of each function may run at once (10)
  --cors-origin URL
                  web pages of this origin may call the API, such as http://localhost:5173; may be given several times
  --help          this text

With MINIMAX_API_KEY set, the real MiniMax makes the video and charges for it. Without it, a simulated MiniMax answers with
a test clip. MINIMAX_API_HOST is the host of the real one, if it is not https://api.minimax.io.
`,
} as const satisfies Command;

export const REINDEX = {
  name: 'npm run reindex',
  flags: {
    stack: { type: 'string' },
    local: { type: 'boolean', default: false },
  },
  help: `Makes the table of videos right again, from the bucket and from what runs. It is safe while videos run.

  npm run reindex -- [flags]

  --stack NAME    the stack whose table it is, with your AWS credentials (TemplateVideo); Shop/Videos is the service Videos
                  of a stack that has several
  --local         the table of npm run dev on this machine instead, which must not be running. As there, MINIMAX_API_KEY
                  says whether it is that of the real MiniMax or of the simulated one
  --help          this text

Prints what it has mended. Ctrl-C ends it, and it says what was done until then. It can be repeated.
The exit code is 1 where a video could not be read or written.
`,
} as const satisfies Command;

export const VIDEO = {
  name: 'npm run video',
  flags: {
    ...REQUEST_FLAGS,
    stack: { type: 'string' },
    url: { type: 'string' },
    key: { type: 'string' },
    video: { type: 'string' },
    'idempotency-key': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  help: `Makes one video with a deployed stack and downloads it. MiniMax charges for the video.

  npm run video -- [flags]

${REQUEST_HELP}
  --stack NAME    the stack whose output VideosUrl is the address to POST to (TemplateVideo); Shop/Videos is the service
                  Videos of a stack that has several
  --url URL       that address itself, instead of --stack
  --key KEY       an API key, for a stack with auth=key; without it, requests are signed with your AWS credentials.
                  In the environment, as TEMPLATE_VIDEO_API_KEY, it stays out of the list of processes
  --video ID      no new video: wait for this one and fetch it
  --idempotency-key KEY
                  names the request: repeated with this key, it is not paid for twice (default: a new key)
  --json          print the video as JSON instead of the file's path; use npm run --silent, because npm prints too
  --help          this text

Without --template, MiniMax's own example gives the image and the text where you give none. For a service on this
machine, local/simulator/pet.jpg is the image.
The file's path goes to the standard output, everything else to the standard error stream.
`,
} as const satisfies Command;
