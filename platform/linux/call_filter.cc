#include "platform/linux/call_filter.h"

#include <linux/audit.h>
#include <linux/btrfs.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "platform/sanitizer.h"

namespace disktwin {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_RISCV64;
#else
constexpr std::uint32_t kArchitecture = 0;  // not known: no filter
#endif

constexpr long kCompute[] = {
    __NR_read,       __NR_write,        __NR_recvfrom,       __NR_sendto,       __NR_recvmsg,
    __NR_sendmsg,    __NR_ppoll,        __NR_munmap,         __NR_mremap,       __NR_brk,
    __NR_madvise,    __NR_futex,        __NR_clock_gettime,  __NR_gettimeofday, __NR_exit,
    __NR_exit_group, __NR_rt_sigreturn, __NR_rt_sigprocmask, __NR_getrandom,    __NR_close,
    __NR_gettid,     __NR_getpid,       __NR_sched_yield,
};

constexpr long kReadFiles[] = {
    __NR_openat2,    __NR_newfstatat, __NR_fstat, __NR_statx,      __NR_getdents64, __NR_pread64,
    __NR_readlinkat, __NR_lseek,      __NR_fcntl, __NR_flistxattr, __NR_fgetxattr,
};

using Program = std::vector<sock_filter>;

sock_filter statement(int code, std::uint32_t value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}

sock_filter jump(int code, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
  return {static_cast<std::uint16_t>(code), yes, no, value};
}

// The low half of an argument: what the kernel looks at of flags and requests.
std::uint32_t argumentAt(int index) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) +
         static_cast<std::uint32_t>(index) * 8;
}

void allow(Program& out, long call) {
  out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

// Memory, but none that can be executed.
void allowWithoutExecution(Program& out, long call) {
  out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4));
  out.push_back(statement(BPF_LD | BPF_W | BPF_ABS, argumentAt(2)));
  out.push_back(jump(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

void allowRequest(Program& out, std::uint32_t request) {
  out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, __NR_ioctl, 0, 4));
  out.push_back(statement(BPF_LD | BPF_W | BPF_ABS, argumentAt(1)));
  out.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, request, 0, 1));
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  out.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

}  // namespace

void filterCalls(bool readFiles) {
  if (kArchitecture == 0 || isSanitized()) return;
  Program program;
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const long call : kCompute) allow(program, call);
  allowWithoutExecution(program, __NR_mmap);
  allowWithoutExecution(program, __NR_mprotect);
#ifdef __NR_poll
  allow(program, __NR_poll);
#endif
  if (readFiles) {
    for (const long call : kReadFiles) allow(program, call);
    allowRequest(program, static_cast<std::uint32_t>(BTRFS_IOC_INO_LOOKUP));
  }
  program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  const sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole);
}

}  // namespace disktwin
