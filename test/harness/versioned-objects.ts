import type { JsonObjects } from '../../lambdas/io/aws/s3-objects.ts';

/** A bucket in memory that keeps versions, as far as conditional writes need it. */
export interface VersionedObjects extends Pick<JsonObjects, 'readText' | 'readVersion' | 'putVersion'> {
  readonly objects: Map<string, { readonly value: unknown; readonly version: string }>;
  write(key: string, value: unknown): string;
}

export function createVersionedObjects(): VersionedObjects {
  const objects: VersionedObjects['objects'] = new Map();
  let versions = 0;
  const write: VersionedObjects['write'] = (key, value) => {
    versions += 1;
    const version = String(versions);
    objects.set(key, { value, version });
    return version;
  };
  return {
    objects,
    write,
    readText: async (key) => {
      const found = objects.get(key);
      return found && { text: JSON.stringify(found.value), version: found.version };
    },
    readVersion: async (key) => objects.get(key) ?? { value: undefined, version: undefined },
    putVersion: async (key, value, version) =>
      objects.get(key)?.version === version ? write(key, value) : undefined,
  };
}
