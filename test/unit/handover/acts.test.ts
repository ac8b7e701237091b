import {expect, test} from 'vitest';
import {actions} from '../../../src/actions/index.ts';
import type {Consent} from '../../../src/domain/guard.ts';
import {customerActs} from '../../../src/handover/customer-words.ts';
import {noteOf, toBrief, toCustomer, toJson, toMarkdown} from '../../../src/handover/index.ts';
import {UNIT_MESSAGES} from '../../../src/sources/journal.ts';
import {boots, line, START, Tape} from './tape.ts';

const chrony = {kind: 'unit', unit: 'chronyd.service'} as const;
const restart = {action: 'unit.restart', title: 'Restart the unit', subject: chrony} as const;

const consent: Consent = {
	id: 1,
	by: 'Ann *Example*',
	via: 'ticket 4711',
	words: 'yes, `please` restart it',
	kind: 'customer',
	actions: ['unit.restart'],
	units: ['chronyd.service'],
	device: 'c'.repeat(32),
	untilMs: 1_810_000,
	ask: 1,
};

/** What the device says of the unit when it is looked at for an action. */
function look(tape: Tape, id: number, ch: number, invocation: string, state = 'active'): void {
	tape.add({t: 'open', ch, source: 'guard-look', argv: ['sh'], token: 't', for: id});
	const text = `boot ${boots.first}\nuptime 100\nu Id=chronyd.service\nu LoadState=loaded\nu ActiveState=${state}\nu SubState=running\nu InvocationID=${invocation.repeat(32)}\n`;
	tape.out(ch, {kind: 'block', tick: 0, text}).exit(ch);
}

/** Asked, allowed, done; then something else that is refused. */
function done(tape = new Tape()): Tape {
	tape.at(1).identity(boots.first).live();
	tape.at(5).add({t: 'ask', id: 1, ...restart, request: 'May we restart chronyd?'});
	tape
		.at(10)
		.add({t: 'consent', consent})
		.add({t: 'ask', id: 2, ...restart});
	look(tape, 2, 100, 'a');
	tape.at(12).add({
		t: 'granted',
		id: 2,
		...restart,
		consent: 1,
		risk: 'disruptive',
		confirmed: 'yes',
		basis: 'boot',
		steps: [['systemctl', 'restart', '--', 'chronyd.service']],
	});
	tape.add({t: 'ran', id: 2, ch: 101, step: 0, argv: ['systemctl', 'restart', '--', 'chronyd.service'], token: 'u'});
	for (const number of [1, 2, 3, 4, 5, 6]) tape.out(101, {kind: 'line', text: `printed ${number}`});
	tape.add({t: 'err', ch: 101, text: 'a warning'}).exit(101);
	look(tape, 2, 102, 'b');
	tape.add({t: 'proof', id: 2, proof: {kind: 'waiting', sentence: 'it has to hold'}});
	tape.at(75).add({t: 'verdict', id: 2, verdict: {kind: 'proven', sentence: 'It runs anew by our job 881.'}});
	tape.at(80).add({t: 'ask', id: 3, action: 'device.reboot', title: 'Reboot the device', subject: {kind: 'device'}});
	tape.add({
		t: 'refused',
		id: 3,
		action: 'device.reboot',
		title: 'Reboot the device',
		subject: {kind: 'device'},
		why: 'The permission by Ann is not for this.',
	});
	return tape;
}

const note = (tape: Tape) => noteOf(tape.frames, {file: 'f', bytes: 1, problems: () => []});
const end = (tape: Tape): Tape => tape.at(90).add({t: 'bye', lines: 0});

/** A section of the full note. */
const section = (text: string, title: string): string =>
	(text.split(`\n## ${title}\n`)[1] ?? '').split('\n## ')[0]?.trim() ?? '';

test('who allowed what, and what was done, in Markdown', () => {
	const text = toMarkdown(note(end(done())));
	expect(section(text, 'Who allowed what')).toBe(
		[
			'- 2026-11-25 10:00:10 UTC: Ann \\*Example\\*, by ticket 4711; for unit.restart on chronyd.service, until 2026-11-25 10:30:10; ended with the session. “yes, \\`please\\` restart it”',
			'- 2026-11-25 10:00:05 UTC: asked for Restart the unit: chronyd.service, answered at 2026-11-25 10:00:10. “May we restart chronyd?”',
		].join('\n'),
	);
	expect(section(text, 'What was done')).toBe(
		[
			'**1 action changed the device, or may have.** Everything else that was run is listed at the end, and all of it only reads.',
			'### 1. Restart the unit: chronyd.service',
			'**Done:** sent 2026-11-25 10:00:12 UTC; proven at 2026-11-25 10:01:15 UTC: It runs anew by our job 881.',
			[
				'- **Allowed by:** Ann \\*Example\\*, by ticket 4711: “yes, \\`please\\` restart it”',
				'- **Sent:** systemctl restart -- chronyd.service',
				'- **Sent at:** 2026-11-25 10:00:12 UTC',
				'- **Judged at:** 2026-11-25 10:01:15 UTC',
				'- **Ended:** exit code 0',
				'- **State:** active (running), run aaaaaaaa → active (running), run bbbbbbbb',
				'- **Printed:** printed 3 ⏎ printed 4 ⏎ printed 5 ⏎ printed 6 ⏎ a warning',
				'- **Read for it:** 2 commands that only read',
			].join('\n'),
			'### 2. Reboot the device',
			'**Not sent:** 2026-11-25 10:01:20 UTC: refused: The permission by Ann is not for this.',
			'3 read-only commands: see the end.',
		].join('\n\n'),
	);
	expect(text).not.toContain('nothing on the device was changed');
});

test('in brief one line each, for the customer in plain words, as data for programs', () => {
	const data = note(end(done()));
	const brief = toBrief(data);
	expect(brief).toMatch(
		/^Allowed: Ann ·Example· by ticket 4711: “yes, 'please' restart it” \(ended with the session\)$/m,
	);
	expect(brief).toMatch(
		/^Done: Restart the unit: chronyd.service, allowed by Ann ·Example·, sent 2026-11-25 10:00:12 UTC; proven at 2026-11-25 10:01:15 UTC: It runs anew by our job 881; Reboot the device, refused: The permission by Ann is not for this; 3 more commands that only looked$/m,
	);
	const customer = toCustomer(data);
	expect(customer).toContain(
		'What we did, as it was allowed:\n- We restarted the part that sets the clock of the device (on 25 November 2026 at 10:00 UTC): it worked, and we checked it. Allowed by Ann ·Example· (ticket 4711).',
	);
	expect(customer).not.toMatch(/reboot|chronyd|systemctl|nothing on the device/i);
	expect(JSON.parse(toJson(data))).toMatchObject({
		acted: true,
		unclear: false,
		allowed: [{by: 'Ann *Example*', words: 'yes, `please` restart it', untilAt: '2026-11-25T10:30:10.000Z'}],
		acts: [
			{action: 'unit.restart', verdict: 'proven', sentAt: '2026-11-25T10:00:12.000Z', output: {length: 5}},
			{action: 'device.reboot', verdict: 'refused', sentAt: null, consent: null},
		],
	});
});

test.each([
	['by its time', (tape: Tape) => tape.at(1900).add({t: 'bye', lines: 0})],
	['taken back: enough', (tape: Tape) => end(tape.at(85).add({t: 'disarm', why: 'enough'}))],
	['with the session', end],
	['not yet, when the recording ends', (tape: Tape) => tape],
])('a permission that ended %s', (ended, after) => {
	expect(note(after(done())).allowed).toMatchObject([{ended}]);
});

test('a unit that was back by itself before anything was sent: the action and the situation say so', () => {
	const pid1 = (number: number, second: number, message: string, id: string) =>
		line({
			number,
			second,
			message,
			more: [
				['MESSAGE_ID', id],
				['UNIT', 'chronyd.service'],
				['_PID', '1'],
				['SYSLOG_IDENTIFIER', 'systemd'],
			],
		});
	const story = (back: number) => {
		const tape = new Tape().at(1).identity(boots.first).live();
		tape.once('story', [
			pid1(1, 2, 'chronyd.service: Main process exited, code=killed, status=9/KILL', UNIT_MESSAGES.exit),
			pid1(2, 3, 'chronyd.service: Scheduled restart job, restart counter is at 1.', UNIT_MESSAGES.restart),
			pid1(3, back, 'Started chronyd.service.', UNIT_MESSAGES.started),
		]);
		return note(end(done(tape)));
	};
	const data = story(4);
	expect(data.acts.map(({cameBackAt}) => cameBackAt)).toEqual([START + 4000, null]);
	const text = toMarkdown(data);
	for (const title of ['Situation', 'What was done'])
		expect(section(text, title)).toContain('It had come back by itself at 2026-11-25 10:00:04 UTC, before this.');
	expect(section(text, 'Situation')).toContain(
		'What it proves is the action, not that the trouble is over (chronyd: killed).',
	);
	// Our own restart is none that came by itself.
	expect(story(20).acts[0]?.cameBackAt).toBeNull();
});

test.each([
	['none: Ann \\*Example\\*’s ended with the session, at 2026-11-25 10:01:30 UTC.', end],
	[
		'none: Ann \\*Example\\*’s ended by its time, at 2026-11-25 10:30:10 UTC.',
		(tape: Tape) => tape.at(1900).add({t: 'bye', lines: 0}),
	],
	[
		'none: Ann \\*Example\\*’s ended taken back: enough, at 2026-11-25 10:01:25 UTC.',
		(tape: Tape) => end(tape.at(85).add({t: 'disarm', why: 'enough'})),
	],
	[
		'Ann \\*Example\\* (ticket 4711), unit.restart on chronyd.service, until 2026-11-25 10:30:10 UTC',
		(tape: Tape) => tape,
	],
])('permission now: %s', (said, after) => {
	expect(section(toMarkdown(note(after(done()))), 'Situation')).toContain(`**Permission now:** ${said}`);
});

test('a request that nobody answered waits', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.at(5).add({t: 'ask', id: 1, ...restart, request: 'May we?'});
	const data = note(end(tape));
	expect(section(toMarkdown(data), 'Who allowed what')).toContain('NOT ANSWERED. “May we?”');
	expect(toBrief(data)).toContain('Allowed: asked for Restart the unit: chronyd.service, not answered');
	expect(toMarkdown(data)).toContain('**No action was taken; nothing on the device was changed.**');
});

test('refused only: nothing was changed, and the refusal is told', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.add({t: 'ask', id: 1, ...restart}).add({t: 'refused', id: 1, ...restart, why: 'There is no permission.'});
	const data = note(end(tape));
	expect([data.acted, data.allowed]).toEqual([false, []]);
	expect(toMarkdown(data)).toContain('**No action was taken; nothing on the device was changed.**');
	expect(toMarkdown(data)).toContain('refused: There is no permission.');
	expect(toMarkdown(data)).not.toContain('Who allowed what');
	expect(toCustomer(data)).toContain('We only looked: nothing on the device was changed.');
});

test('a recording that ends before the verdict says so, and it is open', () => {
	const tape = done();
	const before = tape.frames.findIndex(({t}) => t === 'verdict');
	const data = noteOf(tape.frames.slice(0, before), {file: 'f', bytes: 1, problems: () => []});
	expect(data.acts).toMatchObject([{verdict: 'open', says: 'it has to hold', endedAt: null}]);
	expect(toMarkdown(data)).toContain('NOT KNOWN: the recording ends before: it has to hold');
	expect(toBrief(data)).toContain('Restart the unit: chronyd.service, whose end is not known');
	expect(toCustomer(data)).toContain('our record ends before its result');
});

test.each([
	{t: 'ran', id: 77, ch: 5, step: 0, argv: ['reboot'], token: 't'},
	{t: 'verdict', id: 77, verdict: {kind: 'proven', sentence: 'x'}},
	{t: 'granted', id: 1},
	{t: 'consent'},
])('a frame of the gate that fits nothing, %j: nothing is promised', frame => {
	const data = note(end(new Tape().at(1).identity(boots.first).live().add(frame)));
	expect([data.acted, data.unclear]).toEqual([true, true]);
	for (const form of [toMarkdown, toBrief, toCustomer]) {
		expect(form(data)).not.toMatch(/nothing on the device was changed|undefined/);
	}
});

test('without frames of the gate there is no word of permissions', () => {
	const text = toMarkdown(note(end(new Tape().at(1).identity(boots.first).live())));
	expect(text).not.toContain('Who allowed what');
	expect(text).not.toContain('### ');
});

test('every action has words for a customer', () => {
	expect(actions.map(({id}) => id).filter(id => customerActs[id] === undefined)).toEqual([]);
});

test('times of the tape are as they are told', () => {
	expect(note(end(done())).acts[0]).toMatchObject({at: START + 12_000, endedAt: START + 75_000, reads: 2});
});
