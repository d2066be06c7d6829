import { randomBytes } from 'node:crypto';

/** What signs the requests to the AWS of this machine. */
export interface RunCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** New ones for each run: only the functions' workers get them, and each link that they sign proves them. */
export function createCredentials(): RunCredentials {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}
