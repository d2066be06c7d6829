import type { Flags } from '../command-line/spec.ts';

export const JSON_FLAG = {
  json: { help: 'print the result as JSON, and an error as JSON to the standard error stream' },
} as const satisfies Flags;

/** Which service a command calls, and how it is authorized there. */
export const WHERE_FLAGS = {
  stack: {
    takes: 'NAME',
    help: 'the stack whose service is called (TemplateVideo); Shop/Videos is the service Videos of a stack that has several',
  },
  url: { takes: 'URL', help: "the stack's output VideosUrl, instead of --stack" },
  local: {
    help: `the service of dev on this machine, at port 3000; another port is --url http://127.0.0.1:PORT`,
  },
  key: {
    takes: 'KEY',
    help: 'an API key, for a stack with auth=key; without it, requests are signed with your AWS credentials. In the environment, as TEMPLATE_VIDEO_API_KEY, it stays out of the list of processes',
  },
} as const satisfies Flags;

export const OUT_FLAGS = {
  out: {
    takes: 'PATH',
    help: 'the .mp4 file to write, or the folder for it',
    default: 'out',
    completes: 'files',
  },
  open: { help: 'open the file when it is complete' },
} as const satisfies Flags;
