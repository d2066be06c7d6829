import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ListedVideo, Video, VideoHistory, VideoList, Visit, Workflow } from '../../client/index.ts';
import { GLOBAL_HOST, toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { STATES } from '../../lambdas/core/states.ts';
import { type Listening, listen } from '../../local/loopback-server.ts';
import { createPageRoute, isForPage } from '../../local/page/page-route.ts';

/** Serves the page, with answers that it makes up: each one shows one step more than the one before. */
export interface MadeUpService extends Listening {
  /** How many answers there were, by what was asked for. */
  readonly answers: Readonly<Record<'list' | 'history', number>>;
}

/** Never ends. */
export const WATCHED_VIDEO = videoId(0);
/** As the page asks for them. */
export const PAGE_VIDEOS = 50;
const RUNNING = 5;
const VISITS_IN_PAGE = 100;
/** A video is checked so often in its first ten minutes. */
const CHECK_SECONDS = '10';

/** @param other answers what is no call of the API, where it can */
export async function startMadeUpService(
  other: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<MadeUpService> {
  const page = createPageRoute({ hasEvents: false, owner: () => 'made-up' });
  const answers = { list: 0, history: 0 };
  const catalogue = toCatalogue(GLOBAL_HOST);
  const ids = catalogue.templates.map(({ template_id }) => template_id);

  function answerTo({ pathname, searchParams }: URL): object | undefined {
    if (pathname === '/templates') return catalogue;
    if (pathname === '/workflow') return WORKFLOW;
    if (pathname === '/videos') {
      answers.list += 1;
      return listAt(answers.list, searchParams.get('status'), ids);
    }
    if (pathname === `/videos/${WATCHED_VIDEO}`) return videoAt(answers.history, ids);
    if (pathname !== `/videos/${WATCHED_VIDEO}/history`) return undefined;
    const from = Number(searchParams.get('cursor') ?? 0);
    if (from === 0 || from === lastPageOf(answers.history)) answers.history += 1;
    return historyAt(answers.history, from);
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isForPage(request)) return page(request, response);
    if (other(request, response)) return;
    const answer = answerTo(new URL(request.url ?? '', 'http://127.0.0.1'));
    if (answer === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json', 'retry-after': CHECK_SECONDS });
    response.end(JSON.stringify(answer));
  }

  return { ...(await listen(createServer(), route, 0)), answers };
}

function videoId(number: number): string {
  return `0199${number.toString(16).padStart(4, '0')}-4b1c-7d2e-8f30-${(number * 7919).toString(16).padStart(12, '0')}`;
}

/** Each answer has a new video at its top, and one fewer at its end. */
function listAt(answer: number, status: string | null, templates: readonly string[]): VideoList {
  const videos = Array.from({ length: PAGE_VIDEOS }, (_, place) => {
    const number = answer + PAGE_VIDEOS - place;
    const isFailed = status === 'failed' || place % 10 === 9;
    return listedVideo(
      number,
      place < RUNNING && status === null ? 'running' : isFailed ? 'failed' : 'succeeded',
      templates,
    );
  });
  return { videos, next_cursor: 'more' };
}

function listedVideo(
  number: number,
  status: 'running' | 'failed' | 'succeeded',
  templates: readonly string[],
): ListedVideo {
  const started = Date.now() - 300_000;
  return {
    video_id: videoId(number),
    status,
    created_at: new Date(started).toISOString(),
    ...(status === 'running' ? {} : { finished_at: new Date(started + 240_000).toISOString() }),
    elapsed_seconds: 240,
    template_id: templates[number % templates.length],
    ...(status === 'succeeded'
      ? { video: { s3_uri: `s3://videos/${number}/video.mp4`, bytes: 4_194_304 } }
      : {}),
    ...(status === 'failed'
      ? {
          error: {
            type: 'ContentRejected',
            title: 'MiniMax judged the content sensitive',
            money_spent: 'no',
          },
        }
      : {}),
    cost: {
      estimated_usd: 0.45,
      money_spent: status === 'running' ? 'maybe' : status === 'failed' ? 'no' : 'yes',
    },
  };
}

function videoAt(checks: number, templates: readonly string[]): Video {
  return {
    video_id: WATCHED_VIDEO,
    status: 'generating',
    created_at: new Date(Date.now() - 60_000).toISOString(),
    elapsed_seconds: 60,
    state: STATES.wait,
    next_check_at: new Date(Date.now() + 10_000).toISOString(),
    template_id: templates[0],
    task_id: '420000000000000000',
    polls: checks,
  };
}

/** The place of the last page of the history. */
function lastPageOf(checks: number): number {
  return Math.floor((visitsAt(checks) - 1) / VISITS_IN_PAGE) * VISITS_IN_PAGE;
}

function visitsAt(checks: number): number {
  return ROUND.length * checks + 2;
}

/** One round more for each check. */
function historyAt(checks: number, from: number): VideoHistory {
  const count = visitsAt(checks);
  const to = Math.min(count, from + VISITS_IN_PAGE);
  const states = Array.from({ length: to - from }, (_, index) =>
    visitOf(from + index, from + index === count - 1),
  );
  return {
    video_id: WATCHED_VIDEO,
    request: { template_id: '393769180141805569', text_inputs: [{ value: 'Lion' }] },
    states,
    ...(to < count ? { next_cursor: String(to) } : {}),
  };
}

const ROUND = [STATES.wait, STATES.checkTask, STATES.finished];

function visitOf(place: number, isHere: boolean): Visit {
  const time = new Date(1_790_000_000_000 + place * 3000).toISOString();
  return {
    state: place === 0 ? STATES.submitTask : (ROUND[(place - 1) % ROUND.length] ?? STATES.wait),
    entered_at: time,
    ...(isHere ? {} : { left_at: time }),
    failed_tries: [],
    job: {
      task: { task_id: '420000000000000000', kind: 'template', adopted: false, waiting_since: time },
      wait_seconds: 10,
      check: {
        status: 'running',
        minimax_status: 'Processing',
        polls: place,
        checked_at: time,
        elapsed_seconds: place,
      },
    },
  };
}

const CATCH = [{ ErrorEquals: ['States.ALL'], Next: STATES.recordFailure }];

/** The main states of the workflow, with the names of the real one. */
const WORKFLOW: Workflow = {
  StartAt: STATES.submitTask,
  States: {
    [STATES.submitTask]: { Type: 'Task', Next: STATES.wait, Catch: CATCH },
    [STATES.wait]: { Type: 'Wait', Next: STATES.checkTask },
    [STATES.checkTask]: { Type: 'Task', Next: STATES.finished, Catch: CATCH },
    [STATES.finished]: { Type: 'Choice', Choices: [{ Next: STATES.copyVideo }], Default: STATES.wait },
    [STATES.copyVideo]: { Type: 'Task', Next: STATES.videoReady, Catch: CATCH },
    [STATES.videoReady]: { Type: 'Succeed' },
    [STATES.recordFailure]: { Type: 'Task', Next: STATES.videoFailed },
    [STATES.videoFailed]: { Type: 'Fail' },
  },
};
