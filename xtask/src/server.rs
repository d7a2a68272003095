//! A static server for what was built: one folder, the loopback interface, and a
//! Content-Security-Policy.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result, anyhow};
use tiny_http::{Method, Request, Server, StatusCode};

/// What the page promises to live with: nothing but its own files may be loaded, run or asked.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' \
    'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; connect-src 'self'; \
    img-src 'self' blob:";

/// The same for the documentation's site, whose generator writes scripts and styles into its pages.
pub const DOCS_POLICY: &str = "default-src 'none'; script-src 'self' 'unsafe-inline' \
    'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' blob: data:; font-src 'self'";

const THREADS: usize = 4;

/// A server that runs until the program ends.
pub struct Running {
    port: u16,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Running {
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub fn wait(self) {
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

/// Serves a folder on the first free of the ports; each answer becomes a line of the log.
pub fn start(
    folder: &Path,
    ports: impl IntoIterator<Item = u16>,
    policy: &'static str,
    log: Option<&Path>,
) -> Result<Running> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("{} cannot be served", folder.display()))?;
    let mut result = Err(anyhow!("no port to listen on"));
    for port in ports {
        result = Server::http((Ipv4Addr::LOCALHOST, port))
            .map_err(|error| anyhow!("cannot listen on port {port}: {error}"));
        if result.is_ok() {
            break;
        }
    }
    let server = Arc::new(result?);
    let port = server
        .server_addr()
        .to_ip()
        .context("the server has no port")?
        .port();
    let log = match log {
        Some(path) => Some(Arc::new(Mutex::new(File::create(path)?))),
        None => None,
    };
    let threads = (0..THREADS)
        .map(|_| {
            let (server, folder, log) = (server.clone(), folder.clone(), log.clone());
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    answer(request, &folder, policy, log.as_deref());
                }
            })
        })
        .collect();
    Ok(Running { port, threads })
}

fn answer(request: Request, folder: &Path, policy: &str, log: Option<&Mutex<File>>) {
    let range = request
        .headers()
        .iter()
        .find(|header| header.field.equiv("Range"))
        .map(|header| header.value.as_str().to_owned());
    let reply = reply(request.method(), request.url(), range.as_deref(), folder);
    if let Some(log) = log {
        let line = format!("{} {} {}\n", request.method(), request.url(), reply.status);
        if let Ok(mut log) = log.lock() {
            let _ = log.write_all(line.as_bytes());
        }
    }
    let is_head = *request.method() == Method::Head;
    // The other side may have gone away; there is nobody to tell.
    let _ = reply.write(request.into_writer(), policy, is_head);
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Box<dyn Read + Send>,
    length: u64,
}

impl Reply {
    fn text(status: u16, text: &'static str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "text/plain; charset=utf-8".to_owned())],
            body: Box::new(text.as_bytes()),
            length: text.len() as u64,
        }
    }

    /// One answer a connection: the library may put a further connection behind
    /// one that is kept open, where it waits until that one ends.
    fn write(mut self, mut to: impl Write, policy: &str, is_head: bool) -> std::io::Result<()> {
        let status = StatusCode(self.status);
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            self.status,
            status.default_reason_phrase(),
            self.length
        );
        let always = [
            ("Cache-Control", "no-cache"),
            ("Content-Security-Policy", policy),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ];
        let own = self.headers.iter();
        let own = own.map(|(name, value)| (*name, value.as_str()));
        for (name, value) in always.into_iter().chain(own) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        to.write_all(head.as_bytes())?;
        to.write_all(b"\r\n")?;
        if !is_head {
            std::io::copy(&mut self.body, &mut to)?;
        }
        to.flush()
    }
}

fn reply(method: &Method, url: &str, range: Option<&str>, folder: &Path) -> Reply {
    if !matches!(method, Method::Get | Method::Head) {
        let mut reply = Reply::text(405, "only GET and HEAD\n");
        reply.headers.push(("Allow", "GET, HEAD".to_owned()));
        return reply;
    }
    let Some(path) = file_of(url, folder) else {
        return Reply::text(404, "not found\n");
    };
    let (mut file, length) = match File::open(&path).and_then(|file| {
        let length = file.metadata()?.len();
        Ok((file, length))
    }) {
        Ok(opened) => opened,
        Err(_) => return Reply::text(404, "not found\n"),
    };
    let mut headers = vec![
        ("Content-Type", content_type(&path).to_owned()),
        ("Accept-Ranges", "bytes".to_owned()),
    ];
    match range.and_then(|range| parse_range(range, length)) {
        None => Reply {
            status: 200,
            headers,
            body: Box::new(file),
            length,
        },
        Some(Range::Unsatisfiable) => {
            let mut reply = Reply::text(416, "no such range\n");
            reply
                .headers
                .push(("Content-Range", format!("bytes */{length}")));
            reply
        }
        Some(Range::Bytes { first, last }) => {
            if file.seek(SeekFrom::Start(first)).is_err() {
                return Reply::text(500, "cannot read\n");
            }
            headers.push(("Content-Range", format!("bytes {first}-{last}/{length}")));
            Reply {
                status: 206,
                headers,
                body: Box::new(file.take(last - first + 1)),
                length: last - first + 1,
            }
        }
    }
}

/// The file that a request's target names, if it lies in the folder.
fn file_of(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let mut file = folder.to_owned();
    for part in percent_decode(path.strip_prefix('/')?)?.split('/') {
        match part {
            "" => continue,
            // A part that starts with a dot is a parent, or nothing of the page's.
            _ if part.starts_with('.') || part.contains(['\\', ':', '\0']) => return None,
            _ => file.push(part),
        }
    }
    if file.is_dir() {
        file.push("index.html");
    }
    let file = file.canonicalize().ok()?;
    (file.starts_with(folder) && file.is_file()).then_some(file)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || (rest.next()? as char).to_digit(16);
            u8::try_from(digit()? * 16 + digit()?).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Bytes { first: u64, last: u64 },
    Unsatisfiable,
}

/// RFC 9110, section 14: one range of bytes; what is not understood is ignored.
fn parse_range(text: &str, length: u64) -> Option<Range> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", suffix) => {
            let suffix: u64 = suffix.parse().ok()?;
            if suffix == 0 {
                return Some(Range::Unsatisfiable);
            }
            (length.saturating_sub(suffix), u64::MAX)
        }
        (first, "") => (first.parse().ok()?, u64::MAX),
        (first, last) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            (first, last)
        }
    };
    if first >= length {
        return Some(Range::Unsatisfiable);
    }
    Some(Range::Bytes {
        first,
        last: last.min(length - 1),
    })
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        Some("tar") => "application/x-tar",
        Some("gz" | "tgz") => "application/gzip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::BufRead;
    use std::net::TcpStream;

    use super::*;
    use crate::workspace;

    #[test]
    fn ranges() {
        let bytes = |first, last| Some(Range::Bytes { first, last });
        let cases = [
            ("bytes=0-3", bytes(0, 3)),
            ("bytes=4-", bytes(4, 9)),
            ("bytes=-3", bytes(7, 9)),
            ("bytes=-30", bytes(0, 9)),
            ("bytes=8-30", bytes(8, 9)),
            ("bytes=10-", Some(Range::Unsatisfiable)),
            ("bytes=-0", Some(Range::Unsatisfiable)),
            ("bytes=5-4", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
            ("bytes=x-", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_range(text, 10), expected, "{text}");
        }
    }

    /// The status line, headers in lower case, and body of a real answer.
    fn ask(port: u16, request: &str) -> (String, Vec<String>, String) {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connects");
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sends");
        let mut lines = std::io::BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).expect("reads");
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_ascii_lowercase());
        }
        let mut body = String::new();
        lines.read_to_string(&mut body).expect("reads");
        (head.remove(0), head, body)
    }

    #[test]
    fn answers() -> Result<()> {
        let base = workspace::target().join("server-test");
        let folder = base.join("dist");
        fs::create_dir_all(folder.join("assets"))?;
        fs::write(folder.join("index.html"), "<!doctype html>")?;
        fs::write(folder.join("assets/a b.wasm"), "0123456789")?;
        fs::write(base.join("secret.txt"), "secret")?;
        #[cfg(unix)]
        if !folder.join("link.txt").is_symlink() {
            std::os::unix::fs::symlink(base.join("secret.txt"), folder.join("link.txt"))?;
        }
        let log = base.join("log");
        let port = start(&folder, [0], PAGE_POLICY, Some(&log))?.port;

        let cases = [
            (
                "GET / HTTP/1.1",
                "200",
                "text/html; charset=utf-8",
                "<!doctype html>",
            ),
            ("HEAD / HTTP/1.1", "200", "text/html; charset=utf-8", ""),
            (
                "GET /index.html?x=/../y HTTP/1.1",
                "200",
                "text/html; charset=utf-8",
                "<!doctype html>",
            ),
            (
                "GET /assets/a%20b.wasm HTTP/1.1",
                "200",
                "application/wasm",
                "0123456789",
            ),
            (
                "GET /assets/a%20b.wasm HTTP/1.1\r\nRange: bytes=2-4",
                "206",
                "application/wasm",
                "234",
            ),
            (
                "GET /assets/a%20b.wasm HTTP/1.1\r\nRange: bytes=10-",
                "416",
                "text/plain; charset=utf-8",
                "no such range\n",
            ),
            (
                "GET /../secret.txt HTTP/1.1",
                "404",
                "text/plain; charset=utf-8",
                "not found\n",
            ),
            (
                "GET /%2e%2e/secret.txt HTTP/1.1",
                "404",
                "text/plain; charset=utf-8",
                "not found\n",
            ),
            (
                "GET /..%5csecret.txt HTTP/1.1",
                "404",
                "text/plain; charset=utf-8",
                "not found\n",
            ),
            (
                "GET /link.txt HTTP/1.1",
                "404",
                "text/plain; charset=utf-8",
                "not found\n",
            ),
            (
                "GET /assets HTTP/1.1",
                "404",
                "text/plain; charset=utf-8",
                "not found\n",
            ),
            (
                "GET /%ff HTTP/1.1",
                "404",
                "text/plain; charset=utf-8",
                "not found\n",
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: 0",
                "405",
                "text/plain; charset=utf-8",
                "only get and head\n",
            ),
        ];
        for (request, status, content_type, expected) in cases {
            let (line, head, body) = ask(port, request);
            assert_eq!(line.split(' ').nth(1), Some(status), "{request}");
            assert_eq!(body.to_ascii_lowercase(), expected, "{request}");
            for header in [
                format!("content-type: {content_type}"),
                "cache-control: no-cache".to_owned(),
                format!("content-security-policy: {PAGE_POLICY}"),
                "referrer-policy: no-referrer".to_owned(),
                "x-content-type-options: nosniff".to_owned(),
            ] {
                assert!(
                    head.contains(&header),
                    "{request}: {header} not in {head:?}"
                );
            }
        }
        let (_line, head, _body) = ask(port, "HEAD /assets/a%20b.wasm HTTP/1.1");
        assert!(head.contains(&"content-length: 10".to_owned()), "{head:?}");

        let log = fs::read_to_string(log)?;
        assert_eq!(log.lines().count(), cases.len() + 1);
        assert_eq!(log.lines().nth(4), Some("GET /assets/a%20b.wasm 206"));
        Ok(())
    }
}
