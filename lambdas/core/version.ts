import manifest from '../../package.json' with { type: 'json' };

/** Of this software. */
export const VERSION: string = manifest.version;

/** What each request to others says that it comes from (RFC 9110, 10.1.5). */
export const USER_AGENT = `template-video/${VERSION}`;
