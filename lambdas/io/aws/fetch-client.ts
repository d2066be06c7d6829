import { AwsClient } from 'aws4fetch';
import type { AwsSurroundings } from '../environment.ts';
import { backoff } from '../timing.ts';

/** Little enough, each and all, for whoever waits for an answer of ours. */
const RETRIES = 2;
const PATIENCE_MS = 2_000;
const FIRST_PAUSE_MS = 50;

/** https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html and 1_1 */
const MEDIA_TYPES = {
  states: 'application/x-amz-json-1.0',
  secretsmanager: 'application/x-amz-json-1.1',
} as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const NO_SUCH_KEY = /<Code>NoSuchKey<\/Code>/;

/** What lies in a bucket. */
export interface LightObject {
  readonly value: unknown;
}

/**
 * The few calls of AWS of a function whose start somebody waits for: signed, and sent with `fetch`. One of the SDK's clients
 * for them alone is some twenty times as large as that whole function.
 */
export interface LightAws {
  /**
   * Calls an operation of a service that speaks AWS JSON.
   * @param target as in `secretsmanager.GetSecretValue`
   * @throws AwsRefusal for what the service refuses
   */
  call(
    service: keyof typeof MEDIA_TYPES,
    target: string,
    input: object,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** @returns undefined where there is no such object. @throws AwsRefusal `StorageUnavailable` for a missing grant or bucket too */
  readJson(bucket: string, key: string): Promise<LightObject | undefined>;
  putJson(bucket: string, key: string, value: object): Promise<void>;
  delete(bucket: string, key: string): Promise<void>;
}

/** What a service of AWS answers instead of what was asked for; `name` is its own word for it. */
export class AwsRefusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface Answered {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

export function createLightAws(surroundings: AwsSurroundings): LightAws {
  const { region, credentials, endpoints } = surroundings;
  const client = new AwsClient({ ...credentials, region, retries: 0 });

  async function sendOnce(service: string, url: string, init: RequestInit): Promise<Answered> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await client.fetch(url, { ...init, signal, aws: { service, region } });
    const { ok, status } = response;
    return { ok, status, text: await response.text() };
  }

  /** Every call may be repeated: what it does twice, it does to the same effect. */
  async function send(service: string, url: string, init: RequestInit): Promise<Answered> {
    for (let turn = 0; ; turn += 1) {
      const isLast = turn === RETRIES;
      const answered = await sendOnce(service, url, init).catch((error: unknown) => {
        if (isLast) throw error;
        return undefined;
      });
      if (answered !== undefined && (isLast || !isTransient(answered))) return answered;
      await backoff(FIRST_PAUSE_MS, turn);
    }
  }

  /** By path, so that names with dots and servers of this machine are reached alike. */
  function sendToS3(bucket: string, key: string, init: RequestInit): Promise<Answered> {
    const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
    return send('s3', `${endpoints.s3}/${path}`, init);
  }

  return {
    async call(service, target, input) {
      const headers = { 'content-type': MEDIA_TYPES[service], 'x-amz-target': target };
      const body = JSON.stringify(input);
      const { ok, status, text } = await send(service, endpoints[service], { method: 'POST', headers, body });
      const fields = toFields(text);
      if (ok) return fields;
      const type = String(fields.__type ?? `HTTP ${status}`);
      throw new AwsRefusal(type.replace(/^.*#/, ''), `${target} was answered with ${type}.`);
    },

    async readJson(bucket, key) {
      const answered = await sendToS3(bucket, key, { method: 'GET' });
      if (answered.ok) return { value: JSON.parse(answered.text) };
      // Not 403: with the right to list the bucket, a missing object is 404. Nor the 404 of a missing bucket, or of a proxy.
      if (answered.status === 404 && NO_SUCH_KEY.test(answered.text)) return undefined;
      throw refusal('GET', key, answered);
    },

    async putJson(bucket, key, value) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(value);
      const answered = await sendToS3(bucket, key, { method: 'PUT', headers, body });
      if (!answered.ok) throw refusal('PUT', key, answered);
    },

    async delete(bucket, key) {
      const answered = await sendToS3(bucket, key, { method: 'DELETE' });
      if (!answered.ok) throw refusal('DELETE', key, answered);
    },
  };
}

/** Whatever stands between us and AWS may answer with a page. */
function toFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function isTransient({ status }: Answered): boolean {
  return status >= 500 || status === 429;
}

function refusal(method: string, key: string, { status }: Answered): AwsRefusal {
  return new AwsRefusal('StorageUnavailable', `S3 answered ${method} ${key} with HTTP ${status}.`);
}
