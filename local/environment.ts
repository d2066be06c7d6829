/** What the person at this machine has set, under the names that MiniMax's own clients use. */
export interface LocalEnvironment {
  readonly minimaxApiKey?: string;
  readonly minimaxApiHost?: string;
}

export function readLocalEnvironment(): LocalEnvironment {
  const { MINIMAX_API_KEY, MINIMAX_API_HOST } = process.env;
  return {
    ...(MINIMAX_API_KEY ? { minimaxApiKey: MINIMAX_API_KEY } : {}),
    ...(MINIMAX_API_HOST ? { minimaxApiHost: MINIMAX_API_HOST } : {}),
  };
}
