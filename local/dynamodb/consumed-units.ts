import type { TableAnswer } from './emulator.ts';

/** An operation on the tables, with the capacity units that it consumed in its tables and their indexes. */
export interface TableCall {
  /** As in `UpdateItem`. */
  readonly operation: string;
  readonly units: number;
}

type Fields = Readonly<Record<string, unknown>>;

const COUNTED: readonly string[] = [
  ...['GetItem', 'BatchGetItem', 'Query', 'Scan'],
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
];

/** Asks for the consumed capacity too. */
export function withCapacity(target: string, body: Buffer): Buffer {
  const request = toFields(body);
  if (request === undefined || !COUNTED.includes(operationOf(target))) return body;
  return Buffer.from(JSON.stringify({ ...request, ReturnConsumedCapacity: 'INDEXES' }));
}

/** Reports the call. @returns the answer, without the capacity where the request did not ask for it, or failed */
export function countCall(
  target: string,
  body: Buffer,
  answer: TableAnswer,
  onTableCall: (call: TableCall) => void,
): TableAnswer {
  const { ConsumedCapacity, ...others } = toFields(answer.body) ?? {};
  const all = ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat();
  const units = all.reduce((sum: number, each) => sum + Number((each as Fields).CapacityUnits), 0);
  onTableCall({ operation: operationOf(target), units });
  if (ConsumedCapacity === undefined) return answer;
  const { ReturnConsumedCapacity: asked = 'NONE' } = toFields(body) ?? {};
  return asked === 'NONE' || answer.status !== 200 ? { ...answer, body: JSON.stringify(others) } : answer;
}

function operationOf(target: string): string {
  return target.split('.')[1] ?? '';
}

function toFields(json: Buffer | string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(String(json));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}
