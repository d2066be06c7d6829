/** Which environment variables each function is given; the one list that the stack writes from and the functions read by. */
export const FUNCTION_ENVIRONMENT = {
  'submit-task': [
    'MINIMAX_API_HOST',
    'MINIMAX_KEY_SECRET',
    'MINIMAX_TIMEOUT_SECONDS',
    'VIDEO_BUCKET',
    'RECORD_WAIT_SECONDS',
    'FIRST_WAIT_SECONDS',
    'POLL_SECONDS',
    'GIVE_UP_AFTER_SECONDS',
    'TRUSTED_DOWNLOAD_ORIGINS',
    'CALLBACK_URL',
    'CALLBACK_SECRET',
  ],
  'adopt-task': ['VIDEO_BUCKET'],
  'check-task': [
    'MINIMAX_API_HOST',
    'MINIMAX_KEY_SECRET',
    'MINIMAX_TIMEOUT_SECONDS',
    'FIRST_WAIT_SECONDS',
    'POLL_SECONDS',
    'GIVE_UP_AFTER_SECONDS',
    'VIDEO_BUCKET',
    'QUERY_PAUSE_SECONDS',
  ],
  'copy-video': [
    'MINIMAX_API_HOST',
    'MINIMAX_KEY_SECRET',
    'MINIMAX_TIMEOUT_SECONDS',
    'VIDEO_BUCKET',
    'TRUSTED_DOWNLOAD_ORIGINS',
    'DOWNLOAD_IDLE_SECONDS',
    'DOWNLOAD_PAUSE_SECONDS',
    'QUERY_PAUSE_SECONDS',
    'MAX_VIDEO_MEGABYTES',
    'CHECKPOINT_SECONDS',
  ],
  'record-failure': ['VIDEO_BUCKET', 'RECORD_WAIT_SECONDS'],
  'video-failed': ['VIDEO_BUCKET'],
  'announce-video': [
    'STATE_MACHINE_ARN',
    'VIDEO_BUCKET',
    'EVENT_BUS',
    'MINIMAX_API_HOST',
    'RECORD_WAIT_SECONDS',
  ],
  'start-video': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET', 'MINIMAX_API_HOST', 'POSTS_PER_DAY', 'NAMESPACE'],
  'list-videos': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET'],
  'get-video': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET'],
  'cancel-video': ['STATE_MACHINE_ARN', 'VIDEO_BUCKET'],
  'create-upload': ['VIDEO_BUCKET'],
  'list-templates': ['MINIMAX_API_HOST'],
  'wait-for-callback': ['VIDEO_BUCKET'],
  'receive-callback': ['VIDEO_BUCKET', 'CALLBACK_SECRET'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type FunctionName = keyof typeof FUNCTION_ENVIRONMENT;
export type EnvironmentOf<Name extends FunctionName> = Readonly<
  Record<(typeof FUNCTION_ENVIRONMENT)[Name][number], string>
>;
