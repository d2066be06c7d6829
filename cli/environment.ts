/** What the person at this machine has set, under the names that MiniMax's own clients and AWS's use. */
export interface LocalEnvironment {
  /** As it was given, and so perhaps of a wrong form. */
  readonly minimaxApiKey?: string | undefined;
  readonly minimaxApiHost?: string | undefined;
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
    minimaxApiKey: MINIMAX_API_KEY,
    minimaxApiHost: MINIMAX_API_HOST,
    ...(TEMPLATE_VIDEO_API_KEY ? { templateVideoApiKey: TEMPLATE_VIDEO_API_KEY } : {}),
    ...(AWS_REGION ? { awsRegion: AWS_REGION } : {}),
    hasAwsCredentials: Boolean(AWS_ACCESS_KEY_ID),
  };
}

/** What npm hands on to its scripts of its own settings, flags of ours that it took for such among them. */
export function readNpmConfig(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('npm_config_')));
}
