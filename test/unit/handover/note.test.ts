import {describe, expect, test} from 'vitest';
import type {Frame} from '../../../src/domain/frame.ts';
import type {Unit} from '../../../src/domain/source.ts';
import {customerWords} from '../../../src/handover/customer-words.ts';
import {noteOf, toBrief, toCustomer, toJson, toMarkdown} from '../../../src/handover/index.ts';
import {
	DISK_CONDITIONS,
	ENGINE_CONDITIONS,
	LOCK_CONDITIONS,
	PULL_CONDITIONS,
	VITAL_CONDITIONS,
	WRITE_CONDITIONS,
} from '../../../src/panes/findings/conditions.ts';
import {UNIT_CONDITIONS} from '../../../src/panes/findings/unit-conditions.ts';
import {rules} from '../../../src/rules/index.ts';
import {UNIT_MESSAGES} from '../../../src/sources/journal.ts';
import {boots, kernelLine, line, START, Tape} from './tape.ts';

const note = (frames: Iterable<Frame>, problems: readonly string[] = []) =>
	noteOf(frames, {file: 'session.devtop.jsonl', bytes: 1234, problems: () => problems});

/** A section of the full note, without its title. */
function section(text: string, title: string): string {
	const [, rest = ''] = text.split(`\n## ${title}\n`);
	return (rest.split('\n## ')[0] ?? '').trim();
}

/** Two losses: over the first the device goes on, over the second it restarts; then a torn end. */
function eventful(): Tape {
	const tape = new Tape({}, {ticket: 'SUP-4711'}).at(1).identity(boots.first).live();
	tape.once('journal-history', [line({number: 1, second: 0}), line({number: 2, second: 1})], 'history');
	const first = tape.open('journal', 'live');
	tape.out(first, line({number: 3, second: 5}));
	tape.at(8).add({t: 'redacted', rule: 'bearer', count: 2}).add({t: 'redacted', rule: 'bearer', count: 1});
	tape.out(first, {kind: 'entry', entry: [['MESSAGE', 'no cursor']]});
	tape.at(10).add({t: 'tick', received: 5000, sent: 100, roundTripMs: 40});
	tape.at(20).exit(first, {kind: 'lost', why: 'reset'}).lost(1).at(25).lost(2);
	tape.at(30).identity(boots.first).live();
	const second = tape.open('journal', 'live');
	// Where to go on is asked for inclusively; 4 to 6 were said meanwhile, 6 is not there; 8 came after.
	for (const [number, at] of [
		[3, 5],
		[4, 21],
		[5, 29],
		[7, 29],
		[8, 31],
	] as const)
		tape.out(second, line({number, second: at}));
	tape.at(35).add({t: 'mark', text: 'here it began', cursor: 's=f0;i=4', owner: 'ana'});
	tape.add({t: 'todo', text: 'replace the card', owner: 'ben', due: '2026-12-01'});
	tape.at(40).exit(second, {kind: 'lost', why: 'reset'}).lost(1, 'There is no route to the host.');
	tape.at(70).identity(boots.second).live();
	tape.once('journal-old-boot', []);
	tape.once('journal-history', [line({number: 1, second: 60, boot: boots.second, file: '9'})], 'history');
	tape.open('journal', 'live');
	return tape.at(75).add({t: 'tick', received: 9000, sent: 200, roundTripMs: 60});
}

describe('a session with two losses, a restart, unread answers, redactions and a torn end', () => {
	const data = note(eventful().frames, ['The last line is torn (12 B): the session ended in a crash, or goes on.']);
	const text = toMarkdown(data);
	const gaps = section(text, 'Gaps');

	test('each loss is told with its times, what came afterwards, and what is lost', () => {
		expect(
			data.gaps.losses.map(({lostAt, backAt, recovered, lost, rebooted, attempts}) => ({
				lostAt: (lostAt - START) / 1000,
				backAt: backAt === null ? null : (backAt - START) / 1000,
				recovered,
				lost,
				rebooted,
				attempts,
			})),
		).toEqual([
			{lostAt: 20, backAt: 30, recovered: 3, lost: 1, rebooted: false, attempts: 2},
			{lostAt: 40, backAt: 70, recovered: 1, lost: null, rebooted: true, attempts: 1},
		]);
		expect(gaps).toContain('Link lost 2026-11-25 10:00:20 to 10:00:30 UTC, 10 s');
		expect(gaps).toContain('3 lines of that time came afterwards. 1 line is missing, by the numbers of the lines.');
		expect(gaps).toContain('Link lost 2026-11-25 10:00:40 to 10:01:10 UTC, 30 s');
		expect(gaps).not.toContain('..');
		expect(gaps).toContain('cannot be proven: the device was restarted meanwhile and its journal was deleted with it');
	});

	test('unread answers, redactions and the torn end stand there too', () => {
		expect(gaps).toContain('One answer about the journal could not be read.');
		expect(gaps).toContain('Cut out as a secret by the rule bearer: 3 times.');
		expect(gaps).toContain('The last line is torn (12 B)');
		expect(gaps).toContain(
			'The recording has no end: devtop was killed or goes on. Its last frame is of 2026-11-25 10:01:15 UTC.',
		);
	});

	test('the restart, the ticket, the marks and the link are told', () => {
		expect(section(text, 'Background')).toContain('**Ticket:** SUP-4711');
		expect(section(text, 'Device')).toContain(
			'round trip 60 ms in the middle, 60 ms at worst; 2 reconnects; 9.0 kB received',
		);
		expect(section(text, 'Marks, notes, to-dos')).toBe(
			[
				'- **To do, 2026-11-25 10:00:35 UTC:** replace the card · owner ben · due 2026-12-01',
				'- **Mark, 2026-11-25 10:00:35 UTC:** here it began · cursor s=f0;i=4 · owner ana',
			].join('\n'),
		);
		expect(section(text, 'Read-only commands')).toContain('still running when the recording ends');
		expect(section(text, 'Read-only commands')).toContain('lost with the link (2 times)');
		expect(section(text, 'Situation')).toContain('only 1 of the 5 answers that a judgement needs came');
	});

	test('the other forms tell it in their words', () => {
		const brief = toBrief(data);
		expect(brief.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
		expect(brief).toContain('ticket SUP-4711');
		expect(brief).toContain('to do: replace the card');
		const customer = toCustomer(data);
		expect(customer).toContain('The device was restarted while we watched.');
		expect(customer).toContain('We lost the connection to the device on 25 November 2026 at 10:00 UTC for 10 s.');
		expect(customer).toContain('Our record of this session breaks off before its end.');
		expect(customer).not.toMatch(/bearer|cursor|ana|SUP/);
	});
});

test('a link that does not come back is open, and the judgement is of its loss', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape
		.once('journal-history', [line({number: 1, second: 0})], 'history')
		.at(20)
		.lost()
		.at(900)
		.link({kind: 'closed'});
	const data = note(tape.frames);
	expect([data.situation.linkLost, data.situation.judgedAt]).toEqual([true, START + 20_000]);
	const text = toMarkdown(data);
	expect(section(text, 'Situation')).toContain('the link to the device, which did not come back');
	expect(section(text, 'Gaps')).toContain('not back before the end');
	expect(section(text, 'Gaps')).not.toContain('has no end');
});

test.each([
	['a part of the journal', {units: ['app.service']}, 'only a part of the journal was fetched'],
	['everything', {}, 'No hole in what was fetched: the numbers of the journal lines follow each other'],
])('what can be proven of %s', (_, scope, said) => {
	const tape = new Tape(scope).at(1).identity(boots.first).live();
	for (const id of ['sampler', 'engine', 'trouble', 'anchor'] as const) tape.once(id, []);
	tape.once('journal-history', [line({number: 1, second: 0}), line({number: 2, second: 1})], 'history');
	expect(section(toMarkdown(note(tape.add({t: 'bye', lines: 2}).frames)), 'Gaps')).toContain(said);
});

test('the journal goes on in another file after a loss: nothing can be proven', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.once('journal-history', [line({number: 7, second: 0})], 'history');
	tape.at(5).lost().at(9).identity(boots.first).live();
	tape.out(tape.open('journal', 'live'), line({number: 900, second: 7, file: '9'}));
	const [loss] = note(tape.frames).gaps.losses;
	expect([loss?.recovered, loss?.lost, loss?.doubt]).toEqual([
		1,
		null,
		'the journal went on in another file with another numbering',
	]);
});

test('only the last line comes again after a loss: nothing was said meanwhile', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.once('journal-history', [line({number: 7, second: 0})], 'history');
	tape.at(5).lost().at(9).identity(boots.first).live();
	tape.out(tape.open('journal', 'live'), line({number: 7, second: 0}));
	const [loss] = note(tape.frames).gaps.losses;
	expect([loss?.recovered, loss?.lost, loss?.doubt]).toEqual([0, 0, '']);
});

describe('hostile text', () => {
	const EVIL = [
		'# heading',
		'``` end ``` `code`',
		'| a | b |',
		'[click](http://evil.example) ![x](http://evil.example/x.png)',
		'<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;',
		'**bold** __under__ ~~struck~~ $x$',
		'\u001b]52;c;aGk=\u0007\u001b[31mred\u202eltr\u0000\u009b2J',
		'@everyone www.evil.example',
		'line\n# second\n---\n```\nthird',
		'\ud800 lone',
		'x'.repeat(9000),
	];
	const tape = new Tape({}, {ticket: EVIL[3]}).at(1);
	tape.identity(boots.first, `supervisor ${EVIL[4]}\nengine version ${EVIL[1]}`).live();
	const history = tape.open('journal-history', 'history', ['journalctl', `--unit=${EVIL.join(' ')}`]);
	for (const [index, text] of EVIL.entries()) {
		tape.out(history, line({number: index + 1, second: index, message: text}));
		tape.out(
			history,
			kernelLine(100 + index, index, `EXT4-fs error (device ${text.replaceAll(/[\s):]/g, '')}): ${text}`),
		);
		tape.out(history, kernelLine(200 + index, index, `mmc0: error -110 whilst initialising ${text}`));
		tape
			.add({t: 'note', text, [text.slice(0, 20)]: text})
			.add({t: 'redacted', rule: text, count: 1})
			.add({t: text});
	}
	tape.exit(history).at(20).lost(1, EVIL.join(' '));
	const data = note(tape.frames, EVIL);
	const forms = {full: toMarkdown(data), brief: toBrief(data), customer: toCustomer(data), json: toJson(data)};

	test.each(Object.entries(forms))('%s has no control character, no half of a pair, no endless line', (_, text) => {
		expect(
			/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.exec(text),
		).toBeNull();
		expect(text.isWellFormed()).toBe(true);
		expect(Math.max(...text.split('\n').map(row => row.length))).toBeLessThan(5000);
	});

	test('in the full note, outside of blocks, every mark is ours or escaped', () => {
		const rows = forms.full.split('\n');
		let fence: string | null = null;
		const prose: string[] = [];
		for (const row of rows) {
			const [, ticks] = /^(`{3,})(?:text)?$/.exec(row) ?? [];
			if (fence === null && ticks !== undefined) fence = ticks;
			else if (fence !== null && ticks !== undefined && ticks.length >= fence.length) fence = null;
			else if (fence === null) prose.push(row);
		}
		expect(fence).toBeNull();
		const titles = prose.filter(row => row.startsWith('#'));
		for (const title of titles) expect(title).toMatch(/^(# Handover: |## [A-Z]|### \d+\. )/);
		// Our own marks away: bold labels, code of ours, bullets, tables' bars, cursors' hint.
		for (const row of prose) {
			const bare = row
				.replaceAll(/\\[!-/:-@[-`{-~]/g, '')
				.replaceAll(/`@[\w-]*`/g, '')
				.replace(/^A cursor is .*$/, '')
				.replace(/^(?:- )?\*\*[^*]*\*\*/, '')
				.replace(/^#{1,3} /, '')
				.replace(/^\|.*\|$/, '');
			expect(bare).not.toMatch(/[`<>|[\]*~]|(?<![A-Za-z0-9])_|:\/\/|\bwww\.|(?<![A-Za-z0-9_])@/);
		}
	});

	test('plain forms have nothing that could be markup', () => {
		expect(forms.brief).not.toMatch(/[`<>|*[\]\\]|(?<![A-Za-z0-9_])@\w/);
		expect(forms.customer).not.toMatch(/[`<>|*[\]\\]|(?<![A-Za-z0-9_])@\w/);
		expect(forms.brief.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
	});
});

test('frames of actions are never called none', () => {
	const tape = new Tape().at(1).identity(boots.first).live().add({t: 'ran', action: 'unit.restart'});
	const data = note(tape.frames);
	expect(data.acted).toBe(true);
	for (const form of [toMarkdown, toBrief, toCustomer])
		expect(form(data)).not.toMatch(/nothing on the device was changed/);
	expect(section(toMarkdown(data), 'Gaps')).toContain('1 line of the file is no frame of a recording.');
});

test('of a command that this version does not know nothing is promised', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.add({t: 'open', ch: 99, source: 'reboot', argv: ['reboot'], token: 't'});
	tape.add({t: 'out', ch: 99, unit: {kind: 'line', text: 'bye'}});
	const data = note(tape.frames);
	for (const form of [toMarkdown, toBrief, toCustomer])
		expect(form(data)).not.toMatch(/nothing on the device was changed/);
	expect(section(toMarkdown(data), 'Commands')).toContain('reboot: not known to this version');
});

describe('an engine that is killed, and what stands before it', () => {
	const pid1 = (number: number, second: number, message: string, id: string) =>
		line({
			number,
			second,
			message,
			more: [
				['MESSAGE_ID', id],
				['UNIT', 'app.service'],
				['_PID', '1'],
			],
		});
	const killed = 'app.service: Main process exited, code=killed, status=9/KILL';
	const told = (before: readonly Unit[]) => {
		const tape = new Tape()
			.at(1)
			.identity(boots.first, `clock ${START / 1000 + 1}\n`)
			.live();
		tape.once('sampler', [{kind: 'block', tick: 0, text: `clock ${START / 1000 + 1}\nuptime 3600.0\n`}]);
		tape.once('story', [pid1(1, -60, 'Started app.service.', UNIT_MESSAGES.started)]);
		tape.once('journal-history', [...before, pid1(40, 20, killed, UNIT_MESSAGES.exit)], 'history');
		return note(tape.at(50).add({t: 'bye', lines: 1}).frames);
	};
	const words = [1, 2, 3, 4].map(number => line({number: 10 + number, second: number, message: `word ${number}`}));

	test('the first step says that it was looked for already', () => {
		const data = told(words);
		for (const text of [section(toMarkdown(data), 'Situation'), toBrief(data)])
			expect(text).toContain('No line of memory or of a watchdog is among the 2 lines of the kernel and PID 1');
		const oom = told([kernelLine(30, 19, 'Out of memory: Killed process 123 (node) total-vm:1kB, anon-rss:1kB')]);
		expect(toMarkdown(oom)).not.toContain('No line of memory');
	});

	test('three lines of its unit are told, no more, and none of a container', () => {
		const inside = line({
			number: 20,
			second: 10,
			message: 'inside',
			more: [
				['CONTAINER_ID', 'a'.repeat(12)],
				['CONTAINER_NAME', 'x'],
			],
		});
		const data = told([...words, inside]);
		expect(data.seen[0]?.prior.map(({text}) => text)).toEqual(['word 2', 'word 3', 'word 4']);
		expect(section(toMarkdown(data), 'What was seen')).toMatch(/\n2026-11-25 10:00:04Z {2}app {2}word 4\n/);
	});

	test('what was looked for is said with how much was read, and what was found of it', () => {
		const data = told(words);
		expect(data.looked).toMatchObject({lines: 2, found: []});
		expect(section(toMarkdown(data), 'What was seen')).toContain(
			'No out-of-memory or watchdog line is among the 2 lines of the kernel and PID 1 that were read',
		);
		const oom = told([kernelLine(30, 19, 'Out of memory: Killed process 123 (node) total-vm:1kB, anon-rss:1kB')]);
		expect(oom.looked?.found).toEqual([expect.stringContaining('out of memory')]);
		expect(section(toMarkdown(oom), 'What was seen')).toContain('there is: out of memory');
	});

	test('the gaps say how long it was watched after it, and where the lines begin', () => {
		const gaps = section(toMarkdown(told(words)), 'Gaps');
		expect(gaps).toContain('(app: killed, 2026-11-25 10:00:20 UTC) the device was watched for 30 s');
		expect(gaps).toContain('Not known: the VPN to the cloud');
		expect(gaps).not.toContain('None');
	});

	test('the way to the lines before it stands in the situation', () => {
		expect(section(toMarkdown(told(words)), 'Situation')).toMatch(/^journalctl --cursor='s=f0;i=28;[^']+' --reverse/m);
	});
});

test('logins in a row are one, and ours are told from others', () => {
	const login = (number: number, second: number, port: number) =>
		line({
			number,
			second,
			message: 'Started OpenSSH per-connection server daemon.',
			more: [
				['MESSAGE_ID', UNIT_MESSAGES.started],
				['UNIT', `sshd@${number}-10.0.0.2:22222-10.0.0.9:${port}.service`],
				['_PID', '1'],
			],
		});
	const tape = new Tape().at(100).identity(boots.first).live();
	tape.once('story', [
		login(1, 1, 5001),
		login(2, 2, 5002),
		login(3, 3, 5003),
		login(4, 97, 5004),
		login(5, 110, 5005),
	]);
	tape.add({t: 'open', ch: 90, source: 'guard-look', argv: ['sh'], token: 't', for: 1});
	tape.out(90, {kind: 'block', tick: 0, text: `boot ${boots.first}\nssh 10.0.0.9 5005 10.0.0.2 22222\n`}).exit(90);
	const {story} = note(tape.at(120).add({t: 'bye', lines: 0}).frames);
	expect(story.map(({text, count}) => [text, count])).toEqual([
		['SSH from 10.0.0.9, the address that we come from', 3],
		['SSH from 10.0.0.9, may be ours: our link came up then', 1],
		['SSH from 10.0.0.9, ours', 1],
	]);
	expect(story[0]).toMatchObject({at: START + 1000, untilAt: START + 3000});
});

test('pauses are gaps', () => {
	const tape = new Tape().at(1).identity(boots.first).live();
	tape.at(5).add({t: 'pause', reason: 'payroll | <b>'}).at(9).add({t: 'resume'}).at(12).add({t: 'pause', reason: ''});
	const gaps = section(toMarkdown(note(tape.frames)), 'Gaps');
	expect(gaps).toContain(
		'The recording was paused 2026-11-25 10:00:05 to 10:00:09 UTC, 4 s: payroll \\| \\<b\\>. What the device',
	);
	expect(gaps).toContain('The recording was paused at 2026-11-25 10:00:12 UTC and not resumed: no reason was given.');
});

test.each([
	['nothing', []],
	['no device', new Tape().at(1).link({kind: 'connecting', attempt: 1}).frames],
	[
		'damaged frames',
		[null, 5, {t: 'out'}, {t: 'link', at: 1, ms: 1}, {t: 'open', at: 1, ms: 1, source: 'nobody'}] as unknown as Frame[],
	],
	['a clock from nowhere', [{t: 'tick', at: 1e300, ms: 0, received: 0, sent: 0, roundTripMs: null}] as Frame[]],
])('a recording of %s still gives every form', (_, frames) => {
	const data = note(frames);
	for (const form of [toMarkdown, toBrief, toCustomer, toJson])
		expect(form(data)).not.toMatch(/NaN|undefined|Infinity/);
	expect(section(toMarkdown(data), 'Gaps')).not.toBe('');
	expect(toCustomer(data)).toContain('could not read enough');
});

test('every rule and every measure has words for a customer', () => {
	const ids = [
		...rules.map(({id}) => id),
		...[
			DISK_CONDITIONS,
			ENGINE_CONDITIONS,
			LOCK_CONDITIONS,
			PULL_CONDITIONS,
			UNIT_CONDITIONS,
			VITAL_CONDITIONS,
			WRITE_CONDITIONS,
		].flatMap(set => [...set]),
	];
	expect(ids.filter(id => customerWords[id] === undefined)).toEqual([]);
});
