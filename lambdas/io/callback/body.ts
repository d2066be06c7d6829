import type { APIGatewayProxyEvent } from 'aws-lambda';
import { utf8Text } from '../../core/api/utf8.ts';
import { withoutCodings } from '../http/content-coding.ts';

/** More bytes than any challenge has. */
const MAX_BODY_BYTES = 65_536;

/** The text of a callback's body. It is empty where the body is not UTF-8, because such a challenge cannot be repeated exactly. */
export function callbackBody({ body, isBase64Encoded, headers }: APIGatewayProxyEvent): string {
  if (!isBase64Encoded) return body ?? '';
  const [, coding] = Object.entries(headers).find(([name]) => /^content-encoding$/i.test(name)) ?? [];
  const text = utf8Text(decoded(Buffer.from(body ?? '', 'base64'), coding));
  return text.ok ? text.value : '';
}

function decoded(bytes: Buffer, coding: string | undefined): Buffer {
  try {
    return withoutCodings(bytes, coding, MAX_BODY_BYTES);
  } catch {
    return Buffer.alloc(0);
  }
}
