import type { APIGatewayProxyResult } from 'aws-lambda';
import { ProblemError, taskNotFound, toProblem } from '../../core/api/problem.ts';
import type { VideoRequest } from '../../core/api/request.ts';
import type { AcceptedVideo, Video } from '../../core/api/response.ts';
import { metadataWarnings } from '../../core/api/utf8.ts';
import { mayUse } from '../../core/api/visibility.ts';
import { kindOf } from '../../core/minimax/request-kind.ts';
import type { Execution } from '../../core/video/execution.ts';
import { retryAfterSeconds } from '../../core/video/progress.ts';
import { expectsCallback, toVideo } from '../../core/video/video.ts';
import type { Executions } from '../aws/executions.ts';
import type { ImageStore } from '../image/uploads.ts';
import { jsonReply } from '../lambda/api-handler.ts';
import type { TaskOwners } from '../table/task-owners.ts';
import type { VideoIndex } from '../table/video-index.ts';
import { fixedPause, poll } from '../timing.ts';
import { acceptRequest, type DeploymentRules } from './accept-request.ts';
import type { DailyLimit } from './daily-limit.ts';
import { inTime, listAtOnce } from './listing.ts';
import type { StartRequest } from './start-request.ts';
import { digestOf, hasEnded, idOf, type KnownVideo, ownerOfVideo, type Videos } from './videos.ts';

/** Step Functions may reject a used name (`ExecutionAlreadyExists`) before DescribeExecution knows the execution. */
const POLLS = { attempts: 5, pause: fixedPause(300) };

/** For the table, so that the function keeps the time to start an execution and to answer. */
const ADMISSION_MS = 6_000;

/** What a `POST /videos` leads to. */
export interface Starts {
  /** Starts the execution, or replays the one that a concurrent request has started. @throws ProblemError */
  startNew(request: StartRequest): Promise<APIGatewayProxyResult>;
  /** Answers with the video of an earlier request. @throws ProblemError where that request had another owner or body */
  replay(earlier: KnownVideo, request: StartRequest): Promise<APIGatewayProxyResult>;
}

interface Dependencies {
  readonly executions: Pick<Executions, 'find' | 'start'>;
  readonly videos: Pick<Videos, 'of' | 'show'>;
  readonly images: Pick<ImageStore, 'put'>;
  readonly dailyLimit: DailyLimit;
  /** @default everyone may adopt every task */
  readonly taskOwners?: TaskOwners;
  readonly index: Pick<VideoIndex, 'put'>;
  readonly warn: (error: Error) => undefined;
  readonly rules: DeploymentRules;
}

export function createStarts(dependencies: Dependencies): Starts {
  const { executions, videos, images, dailyLimit, taskOwners, index, warn, rules } = dependencies;

  function reply(video: Video, { event }: StartRequest, headers: Readonly<Record<string, string>>) {
    const warnings = [...kindOf(video).warnings(video, rules.host), ...metadataWarnings(video.metadata)];
    const body: AcceptedVideo = { ...video, warnings: warnings.length === 0 ? undefined : warnings };
    // With the stage, or any other prefix of /videos in the address that the caller has used.
    const path = event.requestContext.path.replace(/\/$/, '');
    return jsonReply(202, body, { location: `${path}/${video.video_id}`, ...headers });
  }

  /** @throws ProblemError where Step Functions cannot show it yet */
  async function awaitConcurrentStart(videoId: string): Promise<KnownVideo> {
    const isEnough = (found: Execution | undefined) => found !== undefined;
    const found = await poll(() => executions.find(videoId), { ...POLLS, isEnough });
    if (found !== undefined) return videos.of(found);
    throw inProgress();
  }

  async function replay(earlier: KnownVideo, request: StartRequest): Promise<APIGatewayProxyResult> {
    const { owner, digest, now } = request;
    if (!mayUse(rules.visibility, owner, ownerOfVideo(earlier))) throw idTaken();
    if (digestOf(earlier) !== digest) throw keyReused(earlier);
    const video = await videos.show(earlier, now);
    const isCalledBack = earlier.by === 'execution' && expectsCallback(earlier.execution);
    const retryAfter = String(retryAfterSeconds(video, now, isCalledBack));
    const headers: Record<string, string> = hasEnded(earlier) ? {} : { 'retry-after': retryAfter };
    return reply(video, request, { ...headers, 'idempotency-replayed': 'true' });
  }

  /** An adoption saves a video that is paid for, so it has no limit. @throws ProblemError, TableUnavailable: nothing was started */
  async function admit(request: VideoRequest, owner: string, now: Date): Promise<void> {
    if (!('task_id' in request)) return dailyLimit.requireRoom(now);
    const isOwn = (await taskOwners?.claim(request.task_id, owner)) ?? true;
    if (!isOwn) throw new ProblemError(taskNotFound(request.task_id));
  }

  return {
    replay,

    async startNew(request) {
      const { body, owner, videoId: name, now } = request;
      const accepted = acceptRequest(body, { ...rules, owner });
      await inTime(admit(accepted.request, owner, now), ADMISSION_MS);
      await Promise.all(accepted.images.map((image) => images.put(image)));
      const input = { ...accepted.request, owner };
      const started = await executions.start(name, input);
      if (started === undefined) return replay(await awaitConcurrentStart(name), request);
      const { startDate } = started;
      const created_at = startDate.toISOString();
      const listed = { video_id: name, created_at, execution_arn: '', owner, request: accepted.request };
      await listAtOnce(index, listed, warn);
      const video = toVideo(
        { arn: '', name, status: 'RUNNING', startDate, redriveCount: 0, input },
        startDate,
      );
      return reply(video, request, { 'retry-after': String(retryAfterSeconds(video, now)) });
    },
  };
}

function inProgress(): ProblemError {
  const detail =
    'Another request with this Idempotency-Key is just being accepted. Send it again in a second.';
  return new ProblemError(toProblem('request-in-progress', detail), { 'retry-after': '1' });
}

/** The id of a key is made from its owner too, so the video is an operator's or was not made by this service. It is not described. */
function idTaken(): ProblemError {
  const detail =
    'The id that this Idempotency-Key stands for belongs to a video that is not yours. Use a new key. Nothing was started.';
  return new ProblemError(toProblem('idempotency-key-reused', detail));
}

function keyReused(earlier: KnownVideo): ProblemError {
  const detail = `This Idempotency-Key was already used with a different body (video ${idOf(earlier)}). Use a new key for a new video. Nothing was started.`;
  return new ProblemError(toProblem('idempotency-key-reused', detail));
}
