import {expect, test} from 'vitest';
import type {Spoken} from '../../../src/domain/rule.ts';
import {ending, hits, kernelText, matching, ruleOf, rules, speakerOf, tag} from '../../../src/rules/index.ts';
import {about, container, says} from './says.ts';

const HITS = rules.flatMap(rule => rule.samples.hits.map(line => [rule.id, rule.from, line] as const));

test.each(HITS)('%s by %s hits %s', (id, from, line) => {
	expect(tag(says(from, line))).toContain(id);
	const hit = hits(says(from, line)).find(({rule}) => rule === id);
	expect(hit?.end).toBe(false);
});

test.each(rules.flatMap(rule => rule.samples.misses.map(line => [rule.id, rule.from, line] as const)))(
	'%s by %s leaves %s alone',
	(id, from, line) => {
		expect(tag(says(from, line))).not.toContain(id);
	},
);

test('ids are unique, and those that panes know are there', () => {
	expect(new Set(rules.map(({id}) => id)).size).toBe(rules.length);
	for (const id of 'under-voltage throttling mmc io-error ext4 oom hung-task usb netdev panic'.split(' '))
		expect(ruleOf(id)?.from).toBe('kernel');
});

const groups = ({source}: RegExp): string[] =>
	[...source.matchAll(/\(\?<(\w+)>/g)].map(([, name]) => name ?? '').sort();

test.each(rules.map(rule => [rule.id, rule] as const))('%s is written as rules are', (_id, rule) => {
	expect(rule.samples.hits.length).toBeGreaterThan(0);
	expect(rule.samples.misses.length).toBeGreaterThan(0);
	expect(rule.means).toMatch(/^\S.{20,160}[.!?]$/);
	expect(rule.look).toMatch(/^\S.{20,160}$/);
	for (const name of groups(rule.match)) expect(['subject', 'detail']).toContain(name);
	if (rule.ends !== undefined) {
		expect(groups(rule.ends)).toEqual(groups(rule.match).filter(name => name === 'subject'));
		for (const line of rule.samples.hits) expect(rule.ends.test(line)).toBe(false);
	}
	// `lastIndex` of a global or sticky expression would make every second line a miss.
	for (const expression of [rule.match, rule.ends]) expect(expression?.flags ?? '').not.toMatch(/[gy]/);
	if (rule.lasts !== 'boot') expect(rule.lasts).toBeGreaterThanOrEqual(600_000);
});

test.each(rules.map(({id, look}) => [id, look] as const))('%s: what to look at changes nothing', (_id, look) => {
	expect(look).not.toMatch(
		/\b(?:systemctl (?!status|show|is-active|list)|(?:rm|kill|mount|umount|dmesg|date) -(?!d )|e2fsck|fsck|prune|reboot|balena (?!ps|images|inspect|system df)|nmcli \w+ (?:up|down|modify|delete)|chronyc (?!tracking|sources))/,
	);
});

const K = 'kernel';
test.each([
	[says(K, 'mmc0: error -110 whilst initialising SD card'), 'mmc', 'mmc0', 'error -110'],
	[says(K, 'error -110 whilst initialising SD card', {identifier: 'mmc0'}), 'mmc', 'mmc0', 'error -110'],
	[says(K, 'mmcblk0: error -84 transferring data, sector 8'), 'mmc', 'mmcblk0', 'error -84'],
	[says(K, 'I/O error, dev mmcblk0, sector 8 op 0x1:(WRITE) flags 0x800'), 'io-error', 'mmcblk0', 'WRITE'],
	[says(K, 'Buffer I/O error on device sda1, logical block 0'), 'io-error', 'sda1', ''],
	[says(K, 'EXT4-fs error (device mmcblk0p6): ext4_find_entry:1455: inode #131'), 'ext4', 'mmcblk0p6', ''],
	[says(K, 'EXT4-fs (sda1): Remounting filesystem read-only'), 'ext4', 'sda1', 'Remounting filesystem read-only'],
	[says(K, 'Aborting journal on device mmcblk0p6-8.'), 'ext4', 'mmcblk0p6', ''],
	[says(K, 'JBD2: Error -5 detected when updating journal superblock for sda1-8.'), 'ext4', 'sda1', ''],
	[says(K, 'EXT4-fs (mmcblk0p6): error count since last fsck: 4'), 'ext4-recorded', 'mmcblk0p6', '4'],
	[says(K, 'FAT-fs (mmcblk0p1): Volume was not properly unmounted.'), 'fat', 'mmcblk0p1', ''],
	[says(K, 'nvme nvme1: controller is down; will reset: CSTS=0x3'), 'nvme', 'nvme1', 'controller is down'],
	[says(K, 'Out of memory: Killed process 7 (node) total-vm:9kB, anon-rss:40108kB'), 'oom', 'node', '40108kB'],
	[
		says(K, 'Memory cgroup out of memory: Killed process 7 ((sd-pam)) total-vm:9kB, anon-rss:4kB'),
		'oom-container',
		'(sd-pam)',
		'4kB',
	],
	[says(K, 'INFO: task kworker/0:0:9 blocked for more than 120 seconds.'), 'hung-task', 'kworker/0:0', '120 seconds'],
	[
		says(K, 'NETDEV WATCHDOG: eth0 (smsc95xx): transmit queue 0 timed out'),
		'netdev',
		'eth0',
		'transmit queue 0 timed out',
	],
	[
		says(K, 'r8125 0000:22:04.0 eth4: NETDEV WATCHDOG: CPU: 3: transmit queue 0 timed out 5010 ms'),
		'netdev',
		'eth4',
		'transmit queue 0 timed out',
	],
	[says(K, 'usb 1-1.2: device descriptor read/64, error -71'), 'usb', '1-1.2', 'device descriptor read/64, error -71'],
	[
		says(K, 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:812]'),
		'lockup',
		'',
		'CPU#1 stuck for 22s! [kworker/1:2:812]',
	],
	[
		about('balena.service', 'balena.service: Main process exited, code=killed, status=9/KILL'),
		'unit-killed',
		'balena.service',
		'9/KILL',
	],
	[
		about('balena.service', 'balena.service: Watchdog timeout (limit 6min)!'),
		'unit-watchdog',
		'balena.service',
		'6min',
	],
	// Old systemd, or built so: the text has the description, UNIT= the name.
	[about('openvpn.service', 'Failed to start OpenVPN.'), 'unit-start', 'openvpn.service', 'Failed to start'],
	[about('a:b.service', "a:b.service: Failed with result 'timeout'."), 'unit-start', 'a:b.service', 'timeout'],
	[says('journald', 'Suppressed 12 messages from balena.service'), 'suppressed', 'balena.service', '12'],
	[
		says('engine', String.raw`time="x" level=info msg="failed to download layer: \"dial tcp: i/o timeout\", retrying"`),
		'pull-retry',
		'',
		'dial tcp: i/o timeout',
	],
	[
		says(
			'engine',
			'time="x" level=info msg="Container failed to exit within 10s of signal 15" container=e593ab6439fee4f5003e',
		),
		'container-stop',
		'e593ab6439fe',
		'10s',
	],
	[
		says(
			'supervisor',
			'[event]   Event: Image download error {"image":{"serviceName":"main"},"error":{"message":"gone"}}',
		),
		'supervisor-download',
		'main',
		'gone',
	],
	[says('network', '<warn>  [1.2] dhcp4 (eth0): request timed out'), 'network', 'eth0', 'request timed out'],
] as const)('subject and detail of %j', (record: Spoken, rule, subject, detail) => {
	expect(hits(record)).toContainEqual({rule, subject, detail, end: false});
});

test.each([
	[says(K, 'hwmon hwmon1: Voltage normalised'), 'under-voltage', ''],
	[says(K, 'CPU0: Core temperature/speed normal'), 'throttling', ''],
	[says(K, 'mmc1: new high speed SDIO card at address 0001'), 'mmc-removed', 'mmc1'],
	[about('balena.service', 'Started Balena Application Container Engine.'), 'unit-exit', 'balena.service'],
	[about('balena.service', 'Started balena.service - Balena Engine.'), 'unit-start', 'balena.service'],
	[about('sshd.socket', 'Listening on sshd.socket.'), 'trigger-limit', 'sshd.socket'],
	[says('engine', 'time="x" level=info msg="download resumed after 3 retries"'), 'pull-retry', ''],
	[says('supervisor', '[success] Device state apply success'), 'supervisor-apply', ''],
	[says('supervisor', '[info]    Reported current state to the cloud'), 'supervisor-cloud', ''],
	[says('time', '2021-06-16T12:00:57Z Selected source 10.250.255.253', {identifier: 'chronyd'}), 'time-lost', ''],
	[says('network', '<info>  [1.2] device (eth0): Activation: successful, device activated.'), 'network', 'eth0'],
] as const)('the end in %j', (record: Spoken, rule, subject) => {
	expect(hits(record)).toContainEqual({rule, subject, detail: '', end: true});
	expect(tag(record)).toEqual([]);
});

test('who was killed and came back may be killed again: that is no end', () => {
	const back = hits(about('balena.service', 'Started Balena Application Container Engine.'));
	expect(back.map(({rule}) => rule)).not.toContain('unit-killed');
});

test('matching and ending know kernel lines only', () => {
	expect(ending('hwmon hwmon1: Voltage normalised')).toEqual(['under-voltage']);
	expect(ending('Under-voltage detected! (0x00050005)')).toEqual([]);
	expect(ending('Started balena.service - Balena Engine.')).toEqual([]);
	expect(matching('balena.service: Watchdog timeout (limit 6min)!')).toEqual([]);
	expect(kernelText({identifier: 'mmc0', message: 'error -110'})).toBe('mmc0: error -110');
});

test.each([
	[container('x'), null],
	[container('x', {containerName: 'balena_supervisor'}), 'supervisor'],
	[container('x', {containerName: 'resin_supervisor'}), 'supervisor'],
	[container('x', {containerName: 'balena_supervisor-2_1_1_localrelease'}), null],
	[container('x', {about: 'balena.service'}), null],
	[container('x', {transport: 'kernel'}), null],
	[says('engine', 'x'), 'engine'],
	[says('engine', 'x', {identifier: 'dockerd', units: ['docker.service']}), 'engine'],
	[says('engine', 'x', {identifier: 'node'}), null],
	[about('balena.service', 'x'), 'systemd'],
	[says('systemd', 'x', {units: ['user@1000.service']}), null],
	[says('kernel', 'x', {identifier: 'systemd'}), 'kernel'],
	// journald names the unit whose lines it dropped.
	[says('journald', 'x', {units: ['systemd-journald.service', 'balena.service']}), 'journald'],
	[says('engine', 'x', {identifier: 'systemd-coredump', units: ['balena.service']}), null],
	[says('time', 'x'), 'time'],
	[says('time', 'x', {identifier: 'node'}), null],
	[says('time', 'x', {units: ['balena-supervisor.service']}), 'supervisor'],
	[says('sshd', 'x', {identifier: 'cron', units: ['cron.service']}), null],
] as const)('%j is said by %s', (record: Spoken, speaker) => {
	expect(speakerOf(record)).toBe(speaker);
});

test.each(HITS)('%s by %s: a container, or a program of its own, may say %s', (_id, _from, line) => {
	expect(hits(container(line))).toEqual([]);
	expect(tag(says('sshd', line, {identifier: 'backup', units: ['backup.service']}))).toEqual([]);
});

test.each([
	'sshd@12-198.18.0.11:22222-198.18.0.1:50732.service',
	'session-4.scope',
	'user@0.service',
	'run-docker-netns-563bd036bec6.mount',
	'var-lib-docker-overlay2-305aa7c6-merged.mount',
	'docker-a0698fd91254.scope',
])('how %s ends is nobody’s trouble', unit => {
	expect(hits(about(unit, `${unit}: Main process exited, code=killed, status=9/KILL`))).toEqual([]);
	expect(hits(about(unit, `${unit}: Failed with result 'timeout'.`))).toEqual([]);
	expect(tag(about(unit, 'Failed to start something.'))).toEqual([]);
});
