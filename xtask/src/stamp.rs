//! Skips what was already done with the same inputs: a stamp file keeps the digest of all inputs
//! of a stage beside that of what it wrote, so that a deleted or edited output is made anew.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace;

/// Everything a stage depends on, in the order in which it is named.
#[derive(Clone, Default)]
pub struct Inputs(blake3::Hasher);

impl Inputs {
    pub fn new() -> Self {
        Self::default()
    }

    /// A setting, a version, a flag.
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.field(name.as_bytes());
        self.field(value.as_bytes());
        self
    }

    /// A file's content, or a folder's with everything in it; `skip` names folders and files to leave out.
    pub fn path(mut self, path: &Path, skip: &[&str]) -> Result<Self> {
        let mut files = Vec::new();
        collect(path, skip, &mut files)
            .with_context(|| format!("cannot list {}", path.display()))?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(workspace::root()).unwrap_or(&file);
            let content =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            self.field(name.to_string_lossy().as_bytes());
            self.field(&content);
        }
        Ok(self)
    }

    fn field(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn digest(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

fn collect(path: &Path, skip: &[&str], files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if !skip.iter().any(|name| entry.file_name() == *name) {
                collect(&entry.path(), skip, files)?;
            }
        }
    }
    Ok(())
}

/// Does `work` unless the stage's outputs still are what it wrote from the same inputs.
/// Returns whether there was anything to do.
pub fn stage(
    name: &str,
    inputs: &Inputs,
    outputs: &[&Path],
    work: impl FnOnce() -> Result<()>,
) -> Result<bool> {
    let file = workspace::target().join("stamps").join(name);
    if is_fresh(&file, inputs, outputs)? {
        return Ok(false);
    }
    // A stage that fails half-way must not pass for done.
    if file.exists() {
        fs::remove_file(&file)?;
    }
    work()?;
    fs::create_dir_all(file.parent().expect("a stamp has a folder"))?;
    fs::write(&file, stamp(inputs, outputs)?)?;
    Ok(true)
}

fn is_fresh(file: &Path, inputs: &Inputs, outputs: &[&Path]) -> Result<bool> {
    Ok(outputs.iter().all(|path| path.exists())
        && fs::read_to_string(file).is_ok_and(|text| text.starts_with(&inputs.digest()))
        && fs::read_to_string(file)? == stamp(inputs, outputs)?)
}

fn stamp(inputs: &Inputs, outputs: &[&Path]) -> Result<String> {
    let mut written = Inputs::new();
    for path in outputs {
        written = written.path(path, &[])?;
    }
    Ok(format!("{} {}\n", inputs.digest(), written.digest()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_runs_again_only_when_inputs_or_outputs_change() -> Result<()> {
        let dir = workspace::target().join("stamps-test");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir)?;
        let (input, output) = (dir.join("in"), dir.join("out"));
        let stage = |flag: &str| {
            stage(
                "self-test",
                &Inputs::new().text("flag", flag).path(&input, &[])?,
                &[&output],
                || Ok(fs::write(&output, "made")?),
            )
        };
        fs::write(&input, "one")?;
        let _ = stage("b");
        assert!(stage("a")?, "another flag");
        assert!(!stage("a")?, "nothing changed");
        fs::write(&input, "two")?;
        assert!(stage("a")?, "another input");
        fs::write(&output, "edited")?;
        assert!(stage("a")?, "an edited output");
        fs::remove_file(&output)?;
        assert!(stage("a")?, "a deleted output");
        assert!(!stage("a")?, "nothing changed");
        Ok(())
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let digest = |name, value| Inputs::new().text(name, value).digest();
        assert_ne!(digest("ab", "c"), digest("a", "bc"));
    }

    #[test]
    fn a_failed_stage_leaves_no_stamp() -> Result<()> {
        let inputs = Inputs::new().text("case", "failed");
        let failing = || anyhow::bail!("no");
        assert!(stage("self-test-failed", &inputs, &[], failing).is_err());
        assert!(stage("self-test-failed", &inputs, &[], || Ok(()))?);
        fs::remove_file(workspace::target().join("stamps/self-test-failed"))?;
        Ok(())
    }
}
