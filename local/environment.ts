/** What the person at this machine has set, under the names that MiniMax's own clients and AWS's use. */
export interface LocalEnvironment {
  readonly minimaxApiKey?: string;
  readonly minimaxApiHost?: string;
  /** Of the service's own API. */
  readonly templateVideoApiKey?: string;
  readonly awsRegion?: string;
  /** Whether AWS credentials stand in the environment itself. */
  readonly hasAwsCredentials: boolean;
}

export function readLocalEnvironment(): LocalEnvironment {
  const { MINIMAX_API_KEY, MINIMAX_API_HOST, TEMPLATE_VIDEO_API_KEY } = process.env;
  const { AWS_ACCESS_KEY_ID, AWS_DEFAULT_REGION } = process.env;
  const { AWS_REGION = AWS_DEFAULT_REGION } = process.env;
  return {
    ...(MINIMAX_API_KEY ? { minimaxApiKey: MINIMAX_API_KEY } : {}),
    ...(MINIMAX_API_HOST ? { minimaxApiHost: MINIMAX_API_HOST } : {}),
    ...(TEMPLATE_VIDEO_API_KEY ? { templateVideoApiKey: TEMPLATE_VIDEO_API_KEY } : {}),
    ...(AWS_REGION ? { awsRegion: AWS_REGION } : {}),
    hasAwsCredentials: Boolean(AWS_ACCESS_KEY_ID),
  };
}
