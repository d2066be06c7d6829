import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Table, TableUnavailable } from '../../lambdas/io/table/table.ts';

type Item = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, unknown>>;

/** A table in memory that knows the commands and conditions of the items of videos, and no others. */
export interface MemoryTable extends Table {
  readonly items: Map<string, Item>;
}

export interface MemoryTableOptions {
  /** Happens before each call takes effect, and again before its answer arrives. @throws what the call throws */
  readonly step?: (label: string) => Promise<void>;
  /** Items in a page of a scan. @default 2 */
  readonly pageItems?: number;
}

type Effect = (items: Map<string, Item>) => object | undefined;

export function createMemoryTable({
  step = async () => undefined,
  pageItems = 2,
}: MemoryTableOptions = {}): MemoryTable {
  const items = new Map<string, Item>();

  async function send(command: object): Promise<unknown> {
    const label = command.constructor.name;
    await step(label);
    const result = effectOf(command, pageItems)(items);
    await step(`${label} answered`);
    return structuredClone(result);
  }

  const client = { send } as unknown as DynamoDBDocumentClient;
  const options = { abortSignal: new AbortController().signal };
  const callIf: Table['callIf'] = (work) => work(client, options);
  return {
    name: 'Videos',
    items,
    callIf,
    async call(work) {
      const result = await callIf(work);
      if (result === undefined) throw new TableUnavailable('A condition failed that was not asked for.');
      return result;
    },
  };
}

function effectOf(command: object, pageItems: number): Effect {
  if (command instanceof BatchGetCommand) return batchGet(command);
  if (command instanceof QueryCommand) {
    const pk = command.input.ExpressionAttributeValues?.[':pk'];
    return (items) => ({ Items: sorted(items).filter((item) => item.pk === pk) });
  }
  if (command instanceof ScanCommand) return scan(command, pageItems);
  if (command instanceof UpdateCommand || command instanceof PutCommand || command instanceof DeleteCommand)
    return write(command);
  throw new Error(`${command.constructor.name} is not one of a video's items.`);
}

function batchGet({ input }: BatchGetCommand): Effect {
  const keys = Object.values(input.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys);
  if (keys.length > 100 || new Set(keys.map(keyOf)).size < keys.length)
    throw new Error('DynamoDB rejects too many keys, and a key that repeats.');
  return (items) => {
    const found = keys.flatMap((key): Item[] => [items.get(keyOf(key)) ?? []].flat());
    return { Responses: { Videos: found.map(({ pk, sk, version }) => ({ pk, sk, version })) } };
  };
}

function scan({ input }: ScanCommand, pageItems: number): Effect {
  return (items) => {
    const { ExclusiveStartKey: from } = input;
    const rest = sorted(items).filter((item) => from === undefined || keyOf(item) > keyOf(from));
    const page = rest.slice(0, pageItems);
    const last = rest.length > pageItems ? page.at(-1) : undefined;
    const isVideo = ({ pk }: Item): boolean => String(pk).startsWith('video#');
    return {
      Items: page.filter(isVideo),
      LastEvaluatedKey: last && { pk: last.pk, sk: last.sk },
    };
  };
}

function write(command: UpdateCommand | PutCommand | DeleteCommand): Effect {
  const { input } = command;
  const key = 'Item' in input ? keyOf(input.Item ?? {}) : keyOf('Key' in input ? (input.Key ?? {}) : {});
  const values = input.ExpressionAttributeValues ?? {};
  return (items) => {
    const old = items.get(key);
    if (!isMet(input.ConditionExpression, old, values)) return undefined;
    if (command instanceof DeleteCommand) items.delete(key);
    else if (command instanceof PutCommand) items.set(key, plain(command.input.Item ?? {}));
    else items.set(key, updated(command, old));
    return {};
  };
}

/** DynamoDB compares only values of one type. */
function isMet(condition: string | undefined, old: Item | undefined, values: Values): boolean {
  const version = old?.version;
  const isBelow = typeof version === 'string' && version < String(values[':version']);
  switch (condition) {
    case 'attribute_not_exists(#version) OR #version < :version':
      return version === undefined || isBelow;
    case '#version < :version':
      return isBelow;
    case '#version = :read':
      return version !== undefined && version === values[':read'];
    case 'attribute_exists(pk) AND attribute_not_exists(#version)':
      return old !== undefined && version === undefined;
    default:
      throw new Error(`The condition ${condition} is not one of a video's items.`);
  }
}

function updated({ input }: UpdateCommand, old: Item = {}): Item {
  const names = input.ExpressionAttributeNames ?? {};
  const assignments = (input.UpdateExpression ?? '').replace(/^SET /, '').split(/, (?=#)/);
  const set = assignments.map((assignment) => {
    const [, name = '', kept, value = ''] =
      /^(#\w+) = (?:(if_not_exists)\(#\w+, )?(:\w+)\)?$/.exec(assignment) ?? [];
    const attribute = names[name] ?? '';
    const given = input.ExpressionAttributeValues?.[value];
    return [attribute, kept === undefined ? given : (old[attribute] ?? given)];
  });
  return plain({ ...old, ...input.Key, ...Object.fromEntries(set) });
}

function sorted(items: ReadonlyMap<string, Item>): readonly Item[] {
  return [...items].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

function keyOf({ pk, sk }: Item): string {
  return `${String(pk)} ${String(sk)}`;
}

function plain(item: Item): Item {
  return JSON.parse(JSON.stringify(item));
}
