/** What an agent reads before it uses a tool: https://modelcontextprotocol.io/specification, "instructions". */
export const INSTRUCTIONS = `Makes short videos from MiniMax templates. Each new video costs real money and takes two to fifteen minutes.

1. list_templates: which templates there are, what each needs, and what a video costs.
2. Ask the person whether the price is fine. Then start_video with confirm_cost_usd, the price that the person has agreed to.
3. wait_for_video with the video_id of the answer, again and again until the video has ended. It waits for you: do not call get_video in a loop.

The same request never pays twice: start_video answers with the video that it has started before. If an answer is lost, call start_video again with the same arguments.
If you have lost a video_id, call list_videos. If an error says retry "adopt", call adopt_task with the task_id: it costs nothing. If it says "never", ask the person.
cancel_video stops the wait only: MiniMax continues and charges.`;
