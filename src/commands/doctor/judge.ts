/** What a device's answers mean for a session with it. */
import type {Examination, Identity} from '../../domain/fact.ts';
import {type Line, limit, well} from './trouble.ts';

/** More is no rounding and no slow link. */
const CLOCK_SECONDS = 5;
/** The oldest whose output was read. */
const OLDEST_SYSTEMD = 232;

/** What came with the one answer: no time of its own. */
const limited = (id: string, title: string, name: string, text: string, wrong: string, todo: string): Line =>
	limit({id, title, ms: null}, text, {case: name, wrong, todo});

function systemd({systemd: version}: Identity): Line {
	return version !== null && version < OLDEST_SYSTEMD
		? limited(
				'systemd',
				'systemd',
				'systemd-old',
				`version ${version}`,
				`systemd ${version} is older than ${OLDEST_SYSTEMD}, the oldest that devtop was tried with: figures of units may be missing.`,
				'Update the device.',
			)
		: well('systemd', 'systemd', null, version === null ? 'runs, of an unknown version' : `version ${version} runs`);
}

function journal(identity: Identity, {journal: {code, said}, user, groups, missing}: Examination): Line {
	const id = 'journal';
	if (missing.includes('journalctl'))
		return limited(
			id,
			id,
			'no-journalctl',
			'there is no journalctl',
			'There is no journalctl on the device, so no journal, kernel log and story can be shown.',
			'Look at the PATH of the login, and whether the device has it.',
		);
	if (identity.journalReadable && code === 0)
		return well(
			id,
			id,
			null,
			identity.journalPersistent ? 'readable, kept over reboots' : 'readable, lost at a reboot',
		);
	if (/No journal files were found/.test(said))
		return limited(
			id,
			id,
			'no-journal',
			said,
			'The device keeps no journal.',
			'Look at Storage= in its journald.conf, and whether systemd-journald runs.',
		);
	return limited(
		id,
		id,
		'no-journal-access',
		said === '' ? `${user} may not read the journal of the system` : said,
		`${user === '' ? 'The login' : `"${user}"`} may not read the journal of the system (it is in ${groups.join(', ') || 'no group'}): journal, kernel log, story and most findings stay empty.`,
		`Log in as root (-l root), or have root run on the device: usermod -aG systemd-journal ${user || 'USER'}`,
	);
}

function io({io: readable, user}: Examination): Line {
	const id = 'proc-io';
	const title = '/proc/PID/io';
	if (readable === 'read') return well(id, title, null, 'readable');
	return limited(
		id,
		title,
		'proc-io',
		readable === 'none' ? 'the kernel does not count it' : 'not readable',
		readable === 'none'
			? 'The kernel of the device does not count what processes read and write, so a running pull has no rate.'
			: `What processes read and write may not be read${user === 'root' ? ', even by this root (a container?)' : ` by "${user}"`}, so a running pull has no rate.`,
		readable === 'none' || user === 'root' ? '' : 'Log in as root (-l root).',
	);
}

function programs({missing}: Examination): Line {
	const id = 'programs';
	const gone = missing.filter(name => name !== 'journalctl');
	if (gone.length === 0) return well(id, id, null, 'all that is asked with is there');
	return limited(
		id,
		id,
		gone.length === 1 && gone[0] === 'sha256sum' ? 'no-sha256sum' : 'programs-missing',
		`missing: ${gone.join(', ')}`,
		`On the device there is no ${gone.join(', ')}${gone.includes('sha256sum') ? ': devtop cp can’t compare what it copied' : ': what they tell stays empty'}.`,
		'Look at the PATH of the login, and whether the device has them.',
	);
}

function engine({engine: found, user}: Examination): Line {
	const id = 'engine';
	switch (found.kind) {
		case 'none':
			return well(id, id, null, 'no container engine here');
		case 'stopped':
			return limited(
				id,
				id,
				'engine-stopped',
				`${found.unit} does not run; it was not asked, which would start it`,
				`The container engine (${found.unit}) does not run: no container runs either.`,
				'Look at its log in devtop: l on its unit.',
			);
		case 'active':
			if (found.code === 0) return well(id, id, null, `${found.unit} runs and answers`);
			return /permission denied/i.test(found.said)
				? limited(
						id,
						id,
						'engine-denied',
						`${found.unit} runs; "${user}" may not ask it`,
						`"${user}" may not ask the container engine, so no container is shown.`,
						`Log in as root (-l root), or have root run on the device: usermod -aG docker ${user || 'USER'}`,
					)
				: limited(
						id,
						id,
						'engine-no-answer',
						`${found.unit} runs, but ${found.code === 124 ? 'did not answer within 8 s' : `answers with an error (${found.said || found.code})`}`,
						'The container engine runs, but does not answer.',
						'Look at its log in devtop: l on its unit. Another look may say more: an engine that starts answers late.',
					);
	}
}

const span = (seconds: number): string => {
	const parts = [
		[Math.floor(seconds / 86_400), 'd'],
		[Math.floor(seconds / 3600) % 24, 'h'],
		[Math.floor(seconds / 60) % 60, 'min'],
		[seconds % 60, 's'],
	] as const;
	const first = parts.findIndex(([amount]) => amount > 0);
	return parts
		.slice(Math.max(0, first), Math.max(0, first) + 2)
		.filter(([amount]) => amount > 0)
		.map(([amount, unit]) => `${amount} ${unit}`)
		.join(' ');
};

/** @param nowMs our clock in the middle of the answer. */
function clock({clockMs}: Identity, nowMs: number): Line {
	const id = 'clock';
	if (clockMs === null) return well(id, id, null, 'it does not tell its time');
	// It tells whole seconds: half of one is the mean of what is cut off.
	const offset = Math.round((clockMs + 500 - nowMs) / 1000);
	if (Math.abs(offset) <= CLOCK_SECONDS)
		return well(
			id,
			id,
			null,
			Math.abs(offset) <= 1 ? 'as ours' : `${Math.abs(offset)} s ${offset > 0 ? 'ahead' : 'behind'}`,
		);
	const by = `${span(Math.abs(offset))} ${offset > 0 ? 'ahead of' : 'behind'}`;
	return limited(
		id,
		id,
		'clock-off',
		`${by} ours`,
		`The clock of the device is ${by} the one of this machine, and one of them is wrong. A device whose clock is off fails at TLS: VPN, API, pulls.`,
		'Look at your own first (timedatectl), then at chronyd on the device and its way to a time server (UDP 123).',
	);
}

/** The lines of one look; the first of them took the time. */
export function judged(identity: Identity, examination: Examination, nowMs: number, ms: number): readonly Line[] {
	const lines = [
		systemd(identity),
		journal(identity, examination),
		io(examination),
		programs(examination),
		engine(examination),
		clock(identity, nowMs),
		well('boot', 'boot', null, identity.bootId === '' ? 'it does not tell' : identity.bootId),
	];
	return lines.map((line, index) => (index === 0 ? {...line, ms} : line));
}
