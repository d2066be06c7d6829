import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { toTemplateRequest } from '../lambdas/core/minimax/template-request.ts';
import type { AnsweredRequest } from '../local/api-gateway/request-log.ts';
import { adoptHint, type CommandContext } from './command.ts';
import { shownCommand } from './command-line/npm.ts';
import { type DevValues, toDevFlags } from './dev-flags.ts';
import { describeEarlierRuns, describeUnfinished } from './earlier-runs.ts';
import { readLocalEnvironment } from './environment.ts';
import { toEventLines } from './event-lines.ts';
import { EXAMPLE, EXAMPLE_FILE } from './example.ts';
import { openFile } from './make/open-file.ts';
import { shortPath } from './make/out-path.ts';
import { toMiniMaxChoice } from './minimax-choice.ts';
import { serviceNotice } from './minimax-notice.ts';
import { printStatus } from './print-status.ts';
import type { RunningStack } from './start-stack.ts';
import { takenPort } from './taken-port.ts';

/** Runs the service until Ctrl-C. The next start continues unfinished videos. @returns the exit code */
export async function dev(values: DevValues, { interruption, onFatal }: CommandContext): Promise<number> {
  const minimax = toMiniMaxChoice(readLocalEnvironment());
  const flags = toDevFlags(values, minimax.apiKey !== undefined);
  const notice = serviceNotice(minimax);
  printStatus('Starts the whole service on this machine.', ...notice, 'Loading the CDK …');
  const { startStack } = await import('./start-stack.ts');
  let definition: StateMachineDefinition | undefined;
  await using running = await startStack({
    ...flags,
    minimax,
    isKept: true,
    announce: printStatus,
    onEvent: (execution, event) => {
      for (const line of toEventLines(execution, event, definition)) console.log(line);
    },
    onRequest: showRequest,
  }).catch(takenPort(flags.port));
  onFatal(() => describeOpenVideos(running));
  const { service, otherHosts, isReal } = running;
  definition = service.deployment.stateMachine.definition;
  console.log(`Template Video is up at ${service.url}`);
  console.log('Open this address in a browser: the page there makes, watches and lists videos.');
  if (isReal) console.log(SPENDING);
  const fetchCommand = (taskId: string): string =>
    shownCommand('make', `--url ${service.url}/videos --task ${taskId}`);
  for (const line of describeEarlierRuns({ service, otherHosts, fetchCommand })) console.log(line);
  console.log(describeService(running, notice));
  if (values.open) await openFile(`${service.url}/`);
  await interruption.promise;
  console.log(['', ...describeOpenVideos(running), 'Stopped.'].join('\n'));
  return 0;
}

const SPENDING =
  'The service does not check who calls it: every user of this machine can make videos that your key pays for.';

function describeService({ service, exampleImage, kept }: RunningStack, notice: readonly string[]): string {
  const { url } = service;
  const body = JSON.stringify(toTemplateRequest(EXAMPLE.template, [EXAMPLE.text], [exampleImage]));
  const json = "-H 'content-type: application/json'";
  return `
  Without the page: make a video, and keep its id:
    id=$(curl -s ${url}/videos ${json} -d '${body}' | ${field('video_id')})

  Check it:
    curl -s ${url}/videos/$id

  Fetch it when it has succeeded:
    curl -sSf -o video.mp4 "$(curl -s ${url}/videos/$id | ${field('url')})"

  Do all of this at once, with an image of your own:
    ${shownCommand('make', `--url ${url}/videos --media ${shortPath(EXAMPLE_FILE)} --text Lion`)}

  List all videos, see the templates, stop waiting for a video:
    curl -s "${url}/videos?limit=5"
    curl -s ${url}/templates
    curl -s -X DELETE ${url}/videos/$id

${describePages(service)}Everything is kept in ${kept?.path}: files in objects, the functions' log in functions.log.
Ctrl-C stops the service. The next start continues unfinished videos.
${notice[0] ?? ''}
`;
}

function describePages({ deployment }: RunningStack['service']): string {
  const { preflights } = deployment.crossOrigin;
  const [{ origins } = { origins: [] }] = preflights;
  return origins.length === 0 ? '' : `Pages of these origins may call the service: ${origins.join(', ')}\n\n`;
}

/** A shell filter for one text field of a JSON answer. */
function field(name: string): string {
  return `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
}

function describeOpenVideos({ service, isReal }: RunningStack): readonly string[] {
  return describeUnfinished(service, (task_id) => (isReal ? adoptHint({ task_id }) : undefined));
}

function showRequest({ method, path, status, milliseconds, videoId = '' }: AnsweredRequest): void {
  console.log(`${method} ${path}  ${status}  ${milliseconds} ms  ${videoId}`.trimEnd());
}
