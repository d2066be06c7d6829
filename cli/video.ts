import { runCommand } from './command.ts';
import { VIDEO } from './commands.ts';
import { readLocalEnvironment } from './environment.ts';
import { printStatus } from './print-status.ts';

/** `npm run video`: makes one video with a deployed stack, and downloads it. */
runCommand(VIDEO, async (values, { interruption }) => {
  const { url, stack = 'TemplateVideo', video } = values;
  const action = video === undefined ? 'Makes one video' : 'Waits for a video';
  printStatus(`${action} with ${url === undefined ? `the stack ${stack}` : 'the service at --url'}.`);
  // Imported after the first line is printed, because the imports take a while.
  const { toVideoFlags } = await import('./video-flags.ts');
  const flags = await toVideoFlags(values, readLocalEnvironment());
  const { orderVideo } = await import('./order-video.ts');
  return orderVideo(flags, interruption);
});
