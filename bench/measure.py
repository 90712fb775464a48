"""What every bench needs: programs run in turn, with their time, processor time and memory; loop devices; the machine."""
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

os.environ['PATH'] += ':/usr/sbin:/sbin'
os.environ['LC_ALL'] = 'C'
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get('BUILD', ROOT + '/build')
DISKTWIN = os.environ.get('DISKTWIN', BUILD + '/cli/disktwin')
BARE_COPY = BUILD + '/bench/bare_copy'
OURS = 'disktwin'


def out(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout.strip()


def drop_caches():
    os.sync()
    with open('/proc/sys/vm/drop_caches', 'w', encoding='ascii') as file:
        file.write('3')


class Job:
    """One program's way of doing what the others of its group do as well.

    `command` is a shell pipeline. `check`, a function, is called once when the first round has run it: a program that is
    fast and wrong is no peer. `limit` marks what is no peer but the least that it could take."""

    def __init__(self, who, command, check=None, before=None, image=None, limit=False):
        self.who, self.command, self.check, self.before = who, command, check, before
        self.image, self.limit = image, limit
        self.seconds, self.cpu, self.peak = [], [], 0

    def run(self, cold):
        if self.before:
            self.before()
        if cold:
            drop_caches()
        began = time.monotonic()
        child = subprocess.Popen(['bash', '-o', 'pipefail', '-c', self.command], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            sys.exit(f'{self.command}: {said.decode(errors="replace")[-800:]}')
        self.seconds.append(time.monotonic() - began)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.peak = max(self.peak, usage.ru_maxrss // 1024)
        if self.check and len(self.seconds) == 1:
            self.check()


def run_in_turn(case, what, jobs, rounds, cold=False, **more):
    """Each round runs every program once, so that a noisy machine is noisy for all. Gives one result a job."""
    for number in range(rounds):
        # Not always the same one after the same other.
        for job in jobs[number % len(jobs):] + jobs[:number % len(jobs)]:
            job.run(cold)
    ours = next(job for job in jobs if job.who == OURS)
    results = []
    for job in jobs:
        results.append({
            'case': case, 'what': what, 'who': job.who, 'limit': job.limit, 'command': elsewhere(job.command),
            'seconds': [round(s, 4) for s in job.seconds], 'cpu': [round(s, 4) for s in job.cpu], 'peak_mib': job.peak,
            'image_bytes': os.path.getsize(job.image) if job.image else None,
            'ratio': statistics.median(a / b for a, b in zip(ours.seconds, job.seconds)),
            'cpu_ratio': statistics.median(a / max(b, 1e-6) for a, b in zip(ours.cpu, job.cpu)), **more})
        show(results[-1])
    return results


def elsewhere(command):
    """As it could be given on another machine."""
    command = command.replace(ROOT + '/', '').replace(DISKTWIN, 'disktwin')
    return re.sub(r'\S*/disktwin-bench\.[^/ ]+/', '', command)


def show(result):
    image = f'{result["image_bytes"] / 1e6:8.1f} MB' if result['image_bytes'] else ' ' * 11
    print(f'{result["case"]:28} {result["what"]:8} {result["who"]:26} {statistics.median(result["seconds"]):7.2f} s '
          f'{statistics.median(result["cpu"]):7.2f} s cpu {image} {result["peak_mib"]:5} MiB   '
          f'disktwin / this: {result["ratio"]:.2f}', flush=True)


class Workplace:
    """A folder that goes with all loop devices and mounts that were made in it. On RAM, or on the disk below /var/tmp."""

    def __init__(self, medium):
        self.medium = medium
        self.path = tempfile.mkdtemp(prefix='disktwin-bench.', dir='/dev/shm' if medium == 'ram' else '/var/tmp')
        self.undo = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for command in reversed(self.undo):
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.path)

    def file(self, name, size):
        path = f'{self.path}/{name}'
        if os.path.exists(path):
            os.unlink(path)
        with open(path, 'wb') as file:
            file.truncate(size)
        return path

    def poison(self, path):
        with open(path, 'r+b') as file:
            for _ in range(os.path.getsize(path) >> 20):
                file.write(os.urandom(1 << 20))

    def loop(self, path):
        direct = ['--direct-io=on'] if self.medium == 'disk' else []
        device = out('losetup', '--find', '--show', *direct, path)
        self.undo.append(['losetup', '-d', device])
        return device

    def free(self, device):
        out('losetup', '-d', device)
        self.undo.remove(['losetup', '-d', device])

    def mounted(self, device, options=()):
        return Mounted(self, device, options)


class Mounted:
    def __init__(self, place, device, options):
        self.place, self.device, self.options = place, device, options
        self.path = place.path + '/mnt'

    def __enter__(self):
        os.makedirs(self.path, exist_ok=True)
        out('mount', *self.options, self.device, self.path)
        self.place.undo.append(['umount', self.path])
        return self.path

    def __exit__(self, *_):
        for _ in range(50):  # FUSE lets go when it likes
            if subprocess.run(['umount', self.path], check=False, stderr=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.1)
        self.place.undo.remove(['umount', self.path])
        time.sleep(0.5)


def machine():
    model = next((line.split(':')[1].strip() for line in open('/proc/cpuinfo', encoding='utf8')
                  if line.startswith('model name')), platform.machine())
    memory = int(next(line for line in open('/proc/meminfo', encoding='utf8')).split()[1]) // 1024 ** 2
    return {'processor': model, 'cores': os.cpu_count(), 'memory_gib': memory, 'kernel': platform.release(),
            'date': time.strftime('%Y-%m-%d'), 'load': os.getloadavg()[0]}


BEFORE = machine()  # with the load that others make


def save(path, results):
    """Adds to what other benches have written there."""
    known = {'machine': BEFORE, 'results': []}
    if os.path.exists(path):
        with open(path, encoding='utf8') as file:
            known = json.load(file)
    for result in results:
        result['machine'] = BEFORE
    fresh = {(r['case'], r['what']) for r in results}
    known['results'] = [r for r in known['results'] if (r['case'], r['what']) not in fresh] + results
    with open(path, 'w', encoding='utf8') as file:
        json.dump(known, file, indent=1)
        file.write('\n')
