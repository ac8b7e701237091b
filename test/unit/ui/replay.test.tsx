import {afterEach, expect, test} from 'vitest';
import type {Replay} from '../../../src/session/replay.ts';
import {type Mounted, mount} from '../../support/mount.tsx';
import {framesOf} from '../../support/recordings.ts';
import {replayed} from '../../support/replayed.ts';

let app: Mounted | null = null;
let replay: Replay | null = null;
afterEach(() => {
	app?.unmount();
	replay?.stop();
});

async function show(name: string, columns = 120): Promise<Mounted> {
	replay = replayed(framesOf(name));
	replay.readAll();
	replay.replay.seek(0);
	app = await mount(replay.store, columns, 40, {...replay.replay, beganAt: replay.beganAt});
	return app;
}

const at = (): number => replay?.store.getState().replay?.ms ?? -1;

test('the header says REPLAY in place of LOOK ONLY, and the footer how it is driven', async () => {
	const {text} = await show('engine-killed-twice');
	expect(text()).toMatch(/REPLAY ×1 00:00:00 of 00:00:\d\d/);
	expect(text()).not.toContain('LOOK ONLY');
	expect(text().split('\n').at(-1)).toMatch(/Space play +\[ \] 10 s +\{ \} chapter/);
});

test('a key that would ask the device is not offered', async () => {
	const {text} = await show('engine-killed-twice', 200);
	expect(text().split('\n').at(-1)).toContain('T zone');
	expect(text()).not.toContain('PgUp older');
});

test('keys drive it: ten seconds, chapters, speed, pause, a percentage', async () => {
	const {type, text} = await show('engine-killed-twice');
	await type(']');
	expect(at()).toBe(10_000);
	await type('[');
	expect(at()).toBe(0);
	await type('}');
	const first = at();
	expect(first).toBeGreaterThan(0);
	await type('}', '{', '{');
	expect(at()).toBeLessThanOrEqual(first);
	await type('>', '>');
	expect(text()).toContain('×5');
	await type(' ');
	expect(text()).toContain('REPLAY paused');
	await type('@', '100%', '\r');
	expect(at()).toBe(replay?.lengthMs);
	// The operator quit there: no link was lost.
	expect(text()).not.toMatch(/stale|last answered/);
	expect(text()).toMatch(/balena: killed ×2: 9\/KILL/);
	await type('@', '25:99', '\r');
	expect(text()).toMatch(/a time such as|not in this recording/);
});

test('filters, search, story and jumps work in the past as live; the device is not asked', async () => {
	const {type, text, calls} = await show('engine-killed-twice');
	await type('@', '100%', '\r', '2', 'f', 'id:systemd KILL', '\r');
	expect(text()).toMatch(/2 Journal +id:systemd KILL/);
	await type('o');
	expect(text()).toMatch(/✗ balena +main process ended: 9\/KILL/);
	// Above them stands what a person wrote, which has no line.
	await type('j', 'j', 'j', 'j', '\r');
	expect(text()).toMatch(/2 Journal/);
	await type('\x7f');
	expect(text()).toMatch(/o Story/);
	expect(calls.filter(call => !call.startsWith('inspect'))).toEqual([]);
});
