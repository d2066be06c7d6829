import { randomBytes } from 'node:crypto';

/** The credentials that sign requests to the local AWS services. */
export interface RunCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes random credentials for one run. Only the workers of the functions get them. */
export function createCredentials(): RunCredentials {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}
