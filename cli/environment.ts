/** Settings from the environment, under the names that the clients of MiniMax and AWS use. */
export interface LocalEnvironment {
  /** As given, so its form may be wrong. */
  readonly minimaxApiKey?: string;
  readonly minimaxApiHost?: string;
  /** The key of the service's own API. */
  readonly templateVideoApiKey?: string;
  readonly awsRegion?: string;
  /** Whether the environment itself has AWS credentials. */
  readonly hasAwsCredentials: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function readLocalEnvironment(): LocalEnvironment {
  const { MINIMAX_API_KEY, MINIMAX_API_HOST, TEMPLATE_VIDEO_API_KEY } = process.env;
  const { AWS_ACCESS_KEY_ID, AWS_DEFAULT_REGION } = process.env;
  const { AWS_REGION = AWS_DEFAULT_REGION } = process.env;
  return {
    minimaxApiKey: MINIMAX_API_KEY,
    minimaxApiHost: MINIMAX_API_HOST,
    templateVideoApiKey: TEMPLATE_VIDEO_API_KEY || undefined,
    awsRegion: AWS_REGION || undefined,
    hasAwsCredentials: Boolean(AWS_ACCESS_KEY_ID),
  };
}

/**
 * What npm hands to its scripts: the name of the project and of the script, and its settings, among which are flags of the command
 * that npm has consumed.
 */
export function readNpmEnvironment(): Environment {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('npm_')));
}
