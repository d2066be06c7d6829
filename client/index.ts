export type {
  AcceptedVideo,
  ListedVideo,
  Problem,
  Usage,
  Video,
  VideoList,
} from '../lambdas/core/api/response.ts';
export type { FailedTry, VideoHistory, Visit, Workflow } from '../lambdas/core/api/workflow-response.ts';
export type { MoneySpent, RetryKind } from '../lambdas/core/failure.ts';
export type { Catalogue } from '../lambdas/core/minimax/templates.ts';
export {
  type AdoptOptions,
  createClient,
  type MakeOptions,
  type UsageOptions,
  type VideosClient,
} from './client.ts';
export {
  ApiError,
  type ApiErrorType,
  type ClientError,
  NoResponse,
  type ProblemBody,
  Stopped,
  TemplateVideoError,
  VideoFailed,
  type VideoFailedType,
} from './errors.ts';
export type { HistoryOptions, VisitPages } from './history.ts';
export type { ListOptions, VideoPages } from './list.ts';
export type { AwsCredentials, CallOptions, ClientOptions, RetryNotice, StartOptions } from './options.ts';
export type { MediaInput, NewVideo, StartedVideo } from './start.ts';
export type { ImageBytes, ImageType, UploadOptions } from './upload.ts';
export type { WaitOptions } from './wait.ts';
