// Writes history_forms.json: what builders record of instructions, and the
// instructions. The format verbs are those of
//
//	moby     builder/dockerfile/dispatchers.go, internals.go (withCmdComment,
//	         withCmdCommentString, prependEnvOnCmd)
//	BuildKit frontend/dockerfile/dockerfile2llb/convert.go (commitToHistory,
//	         runCommandString)
//	buildah  imagebuildah/stage_executor.go (getCreatedBy)
//
// Run with Go 1.22 or later: go run history_forms.go > history_forms.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// The fields of moby's HealthConfig, in their order.
type healthConfig struct {
	Test          []string
	Interval      time.Duration
	Timeout       time.Duration
	StartPeriod   time.Duration
	StartInterval time.Duration
	Retries       int
}

// The same before StartInterval was added in 2023.
type oldHealthConfig struct {
	Test        []string
	Interval    time.Duration
	Timeout     time.Duration
	StartPeriod time.Duration
	Retries     int
}

type form struct {
	Builder    string `json:"builder"`
	CreatedBy  string `json:"createdBy"`
	Dockerfile string `json:"dockerfile"`
}

var forms []form

func add(builder, createdBy, dockerfile string) {
	forms = append(forms, form{builder, createdBy, dockerfile})
}

// moby: commit appends "#(nop) " and the comment to the shell, joined by spaces.
func moby(comment, dockerfile string) {
	add("moby", strings.Join([]string{"/bin/sh", "-c", "#(nop) ", comment}, " "), dockerfile)
}

// moby: for files, "#(nop) " and the comment are one word.
func mobyFile(comment, dockerfile string) {
	add("moby", strings.Join([]string{"/bin/sh", "-c", "#(nop) " + comment}, " "), dockerfile)
}

func mobyRun(buildArgs []string, args []string, dockerfile string) {
	if len(buildArgs) > 0 {
		args = append(append([]string{fmt.Sprintf("|%d", len(buildArgs))}, buildArgs...), args...)
	}
	add("moby", strings.Join(args, " "), dockerfile)
}

func buildkit(createdBy, dockerfile string) { add("buildkit", createdBy, dockerfile) }

func buildkitRun(buildArgs []string, args []string, dockerfile string) {
	if len(buildArgs) > 0 {
		args = append(append([]string{fmt.Sprintf("|%d", len(buildArgs))}, buildArgs...), args...)
	}
	add("buildkit", "RUN "+strings.Join(args, " ")+" # buildkit", dockerfile)
}

func main() {
	sh := []string{"/bin/sh", "-c"}
	run := func(command string) []string { return append(append([]string{}, sh...), command) }
	digest := strings.Repeat("0123456789abcdef", 4)

	list := []string{"nginx", "-g", "daemon off; \"quoted\" \\ tab\there"}
	json1, _ := json.Marshal(list)
	asList := strings.ReplaceAll(string(json1), "\",\"", "\", \"")
	for _, word := range []string{"CMD", "ENTRYPOINT"} {
		moby(fmt.Sprintf(word+" %q", list), word+" "+asList)
		buildkit(fmt.Sprintf(word+" %q", list), word+" "+asList)
		buildkit(fmt.Sprintf(word+" %q", run("exec top -b")), word+" exec top -b")
		add("buildah", "/bin/sh -c #(nop) "+word+" "+string(json1), word+" "+asList)
	}
	buildkit(fmt.Sprintf("CMD %q", []string{}), "CMD []")

	check := healthConfig{[]string{"CMD-SHELL", "curl -f http://localhost/ || exit 1"}, 90 * time.Second, 3 * time.Second, 0, 5 * time.Second, 3}
	line := "HEALTHCHECK --interval=1m30s --timeout=3s --start-interval=5s --retries=3 CMD curl -f http://localhost/ || exit 1"
	moby(fmt.Sprintf("HEALTHCHECK %q", &check), line)
	buildkit(fmt.Sprintf("HEALTHCHECK %q", &check), line)
	buildkit(fmt.Sprintf("HEALTHCHECK %+v", check), line)
	old := oldHealthConfig{[]string{"CMD", "true", "[x]"}, 0, 0, 0, 34}
	moby(fmt.Sprintf("HEALTHCHECK %q", &old), `HEALTHCHECK --retries=34 CMD ["true", "[x]"]`)
	none := healthConfig{Test: []string{"NONE"}}
	moby(fmt.Sprintf("HEALTHCHECK %q", &none), "HEALTHCHECK NONE")
	buildkit(fmt.Sprintf("HEALTHCHECK %+v", none), "HEALTHCHECK NONE")

	ports := []string{"443/tcp", "80/tcp"}
	set := map[string]struct{}{"443/tcp": {}, "80/tcp": {}}
	moby(fmt.Sprintf("EXPOSE %s", strings.Join(ports, " ")), "EXPOSE 443/tcp 80/tcp")
	buildkit(fmt.Sprintf("EXPOSE %v", ports), "EXPOSE 443/tcp 80/tcp")
	buildkit(fmt.Sprintf("EXPOSE %v", set), "EXPOSE 443/tcp 80/tcp")

	moby(fmt.Sprintf("VOLUME %v", []string{"/a", "/b"}), "VOLUME /a /b")
	buildkit(fmt.Sprintf("VOLUME %v", []string{"/a"}), "VOLUME /a")
	buildkit(fmt.Sprintf("STOPSIGNAL %v", "SIGQUIT"), "STOPSIGNAL SIGQUIT")
	buildkit(fmt.Sprintf("USER %v", "65532:65532"), "USER 65532:65532")
	buildkit("WORKDIR /srv/my app", "WORKDIR /srv/my app")
	moby(fmt.Sprintf("WORKDIR %v", "/srv"), "WORKDIR /srv")
	moby("MAINTAINER A. Person <a@example.org>", "MAINTAINER A. Person <a@example.org>")
	moby("ONBUILD RUN make", "ONBUILD RUN make")

	buildkit("ENV A=1 B=two words C=a\"b$c\\d", `ENV A=1 B="two words" C="a\"b\$c\\d"`)
	moby("ENV PATH=/usr/bin:/bin", "ENV PATH=/usr/bin:/bin")
	buildkit("LABEL org.example.name=CentOS Base Image org.example.date=20181006", `LABEL org.example.name="CentOS Base Image" org.example.date=20181006`)
	buildkit("ARG VERSION=1.0 TARGETARCH", "ARG VERSION=1.0 TARGETARCH")

	mobyFile("ADD file:"+digest+" in / ", "ADD file:"+digest+" /")
	mobyFile("COPY --chown=1:1 multi:"+digest+" in /data/ ", "COPY --chown=1:1 multi:"+digest+" /data/")
	buildkit("COPY --link --chmod=755 a b /dest/ # buildkit", "COPY --link --chmod=755 a b /dest/")
	buildkit("ADD https://example.org/x.tgz in /x # buildkit", "ADD https://example.org/x.tgz in /x")

	mobyRun(nil, run("apt-get update"), "RUN apt-get update")
	mobyRun([]string{"A=1", "B=two words"}, run("make"), "RUN make")
	buildkitRun(nil, run("apt-get update"), "RUN apt-get update")
	buildkitRun([]string{"VERSION=1.2", "EMPTY=", "LAST=a b=c d"}, run("echo '|1 x=y /bin/sh -c'"), "RUN echo '|1 x=y /bin/sh -c'")
	buildkitRun(nil, []string{"/usr/bin/make", "install"}, "RUN /usr/bin/make install")
	bash := []string{"/bin/bash", "-euo", "pipefail", "-c", "a | b"}
	buildkitRun(nil, bash, `RUN ["/bin/bash", "-euo", "pipefail", "-c", "a | b"]`)
	buildkitRun(nil, run("set -x\necho \"$HOME\"\n"), "RUN <<EOF\nset -x\necho \"$HOME\"\nEOF")
	buildkitRun(nil, run("cat <<'X' >/f\nEOF\nX"), "RUN cat <<'X' >/f\nEOF\nX")
	buildkitRun(nil, run("echo\nEOF\n"), "RUN <<EOFF\necho\nEOF\nEOFF")
	buildkitRun(nil, []string{"cmd", "/S", "/C", "dir C:\\"}, `RUN dir C:\`)
	add("moby", `cmd /S /C #(nop)  CMD ["c:\\windows\\system32\\cmd.exe"]`, `CMD ["c:\\windows\\system32\\cmd.exe"]`)
	add("moby", `powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  ENV A=1`, "ENV A=1")

	for _, other := range []string{"bazel build ...", "ko build ko://example.org/x", "apko", "jib-maven-plugin:3.4.0", "nginx -g daemon off;"} {
		add("other", other, "# "+other)
	}

	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(forms); err != nil {
		panic(err)
	}
}
