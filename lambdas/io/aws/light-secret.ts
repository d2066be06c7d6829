import type { LightAws } from './fetch-client.ts';

const MAX_AGE_MS = 300_000;

/** Reads a secret's text, at most every five minutes. @throws AwsRefusal */
export function lightSecret(aws: LightAws, secretId: string): () => Promise<string> {
  let kept: { readonly text: string; readonly readAt: number } | undefined;
  return async () => {
    if (kept === undefined || Date.now() - kept.readAt > MAX_AGE_MS) {
      const answer = await aws.call('secretsmanager', 'secretsmanager.GetSecretValue', {
        SecretId: secretId,
      });
      kept = { text: String(answer.SecretString), readAt: Date.now() };
    }
    return kept.text;
  };
}
