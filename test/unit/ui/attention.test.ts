import {expect, test} from 'vitest';
import type {LinkState} from '../../../src/domain/link.ts';
import type {Alarm, PaneSpec} from '../../../src/domain/pane.ts';
import type {SessionState} from '../../../src/session/store.ts';
import {createAttention, type Loudness} from '../../../src/ui/attention.ts';

const live: LinkState = {kind: 'live', since: 0};

function listening(loudness: Loudness) {
	const written: string[] = [];
	let alarms: readonly Alarm[] = [];
	let link: LinkState = live;
	let now = 1_000_000;
	const pane = {id: 'findings', alarms: () => alarms} as unknown as PaneSpec<unknown>;
	const attention = createAttention([pane], 'root@dev:22222', text => void written.push(text));
	return {
		written,
		attention,
		/** So many seconds later, with these alarms; gives what was written since. */
		look(seconds: number, next: readonly Alarm[] = alarms, nextLink = link): string {
			now += seconds * 1000;
			alarms = next;
			link = nextLink;
			const from = written.length;
			attention.look({now, link, panes: {}} as unknown as SessionState, loudness);
			return written.slice(from).join('');
		},
	};
}

const error = (key: string, text = key): Alarm => ({key, weight: 'error', text});
const warning = (key: string): Alarm => ({key, weight: 'warning', text: key});

test('the title counts what goes on; what was there at the beginning rings nothing', () => {
	const {look} = listening('worst');
	expect(look(0, [error('a')])).toBe('\x1b[22;0t\x1b]2;devtop root@dev:22222: 1 finding\x07');
	expect(look(5, [error('a'), error('b')])).toBe('\x1b]2;devtop root@dev:22222: 2 findings\x07');
	expect(look(10)).toBe('');
	expect(look(1, [error('a'), error('b'), error('c', 'balena: killed')])).toBe(
		'\x1b]2;devtop root@dev:22222: 3 findings\x07\x07\x1b]9;devtop root@dev:22222: balena: killed\x07',
	);
	expect(look(1)).toBe('');
	expect(look(1, [])).toBe('\x1b]2;devtop root@dev:22222\x07');
});

test.each([
	['off', '', ''],
	['worst', '', 'rings'],
	['all', 'rings', 'rings'],
] as const)('%s: a warning %j, an error %j', (loudness, forWarning, forError) => {
	const {look} = listening(loudness);
	look(0, []);
	look(20, []);
	const rings = (text: string): string => (text.includes('\x1b]9;') ? 'rings' : '');
	expect(rings(look(1, [warning('w')]))).toBe(forWarning);
	expect(rings(look(1, [warning('w'), error('e')]))).toBe(forError);
});

test('a link that is lost for a minute, and its return', () => {
	const {look} = listening('worst');
	const lost: LinkState = {kind: 'waiting', attempt: 1, next: 0, why: 'cut'};
	look(0, []);
	look(20, []);
	expect(look(1, [], lost)).toBe('');
	expect(look(50, [], lost)).toBe('');
	expect(look(15, [], lost)).toContain('the link is lost');
	expect(look(100, [], lost)).toBe('');
	expect(look(1, [], live)).toContain('the link is back');
	expect(look(1, [], lost)).toBe('');
	expect(look(20, [], live)).toBe('');
});

test('what a device says cannot leave the notification, nor reach the title', () => {
	const {look, written} = listening('all');
	look(0, []);
	look(20, []);
	look(1, [error('x', 'evil\x07\x1b]2;owned\x07\x1b]52;c;aGk=\x07')]);
	expect(written.join('')).not.toMatch(/owned|\]52/);
});

test('the title is given back', () => {
	const {look, attention, written} = listening('off');
	attention.end();
	expect(written).toEqual([]);
	look(0, []);
	attention.end();
	expect(written.at(-1)).toBe('\x1b[23;0t');
});
