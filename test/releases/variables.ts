/** So that a video of the release is counted as one of the day, and no test waits for a create that is lost. */
export const VARIABLES = { POSTS_PER_DAY: '1000', RECORD_WAIT_SECONDS: '1' };
