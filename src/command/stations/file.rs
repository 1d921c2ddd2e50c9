//! The station file, which people write and keep: it is only ever added to.

use std::{fs, io::Write as _, path::Path};

use anyhow::Context as _;
use lanbi_model::Registry;

use crate::command::{part_of, private_file, standards_builtin};

/// Adds a table to the end of a station file; what stands in it stays byte for byte. The result is read back before it
/// takes the file's place, in one step.
///
/// # Errors
/// The file cannot be read or written, the result is no station file, or it says something else of the stations that were
/// there; the file is then as it was.
pub(super) fn append(path: &Path, table: &str) -> anyhow::Result<Registry> {
    // What is named may be a link: the file itself is replaced.
    let path = fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))?;
    let read = || fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()));
    let before = read()?;
    let gap = if before.is_empty() || before.ends_with("\n\n") {
        ""
    } else if before.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    let after = [before.as_str(), gap, table].concat();
    let refused = || format!("the entry does not fit into {}, which is as it was:\n{table}", path.display());
    let old = lanbi_config::read_registry(&before).with_context(|| path.display().to_string())?;
    let new = lanbi_config::read_registry(&after).with_context(refused)?;
    let stays = new.stations().get(..old.stations().len()) == Some(old.stations())
        && new.stations().len() == old.stations().len() + 1
        && new.chiefs() == old.chiefs();
    anyhow::ensure!(stays, "{}", refused());
    crate::watch::check_outlets(&new, &standards_builtin()?).with_context(refused)?;

    let part = part_of(&path);
    let written = write(&part, &path, &after).and_then(|()| {
        anyhow::ensure!(
            read()? == before,
            "{} was changed meanwhile by somebody else; give the same command again",
            path.display()
        );
        fs::rename(&part, &path).with_context(|| cannot_write(&path))
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written?;
    Ok(new)
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}; check the folder's rights and the disk", path.display())
}

/// Writes a file with the rights and the owner of another one.
fn write(part: &Path, like: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || cannot_write(part);
    let mut file = private_file(part).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)?;
    let rights = fs::metadata(like).with_context(cannot)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        fchown(&file, Some(rights.uid()), Some(rights.gid())).with_context(cannot)?;
    }
    file.set_permissions(rights.permissions()).with_context(cannot)?;
    file.sync_all().with_context(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# 我们的站点\n[[station]]\nid = \"a1\"   # 一号\nname = \"一号站\"\nkind = \"air\"\nperiod = \"1h\"\n\
                        cadence = \"1h\"\nparameters = [\"pm25\"]\n# 未完";

    fn table(id: &str) -> String {
        FILE.replace("# 我们的站点\n", "").replace("a1", id).replace("# 未完", "")
    }

    #[test]
    fn what_stands_in_the_file_stays_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stations.toml");
        fs::write(&path, FILE).unwrap();
        let registry = append(&path, &table("a2")).unwrap();
        assert_eq!(registry.stations().len(), 2);
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{FILE}\n\n{}", table("a2")));
        append(&path, &table("a3")).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{FILE}\n\n{}\n{}", table("a2"), table("a3")));
        assert!(!part_of(&path).exists());
    }

    #[test]
    fn what_does_not_fit_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stations.toml");
        let check = |before: &str, table: &str, expected: &str| {
            fs::write(&path, before).unwrap();
            let error = format!("{:#}", append(&path, table).unwrap_err());
            assert!(error.contains(expected), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), before);
            assert!(!part_of(&path).exists());
        };
        check(FILE, &table("a1"), "listed twice");
        check(FILE, &table("a2").replace("pm25", "pm52"), "parameter `pm52` is unknown");
        let outlet = table("o1").replace("\"air\"", "\"outlet\"");
        check(FILE, &outlet, "an outlet needs limits");
        check(FILE, &format!("{outlet}limits = \"X/Z\"\n"), "known are");
        check(
            FILE,
            &format!("{}[[chief]]\nid = \"c\"\nname = \"\"\nlevel = \"town\"\n", table("a2")),
            "does not fit",
        );
        check("station = []\n", &table("a2"), "does not fit");
        check("[[station]]\n", &table("a2"), "missing field");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_the_rights_of_the_file_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("real.toml"), folder.path().join("stations.toml"));
        fs::write(&path, FILE).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        append(&link, &table("a2")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::read_to_string(&path).unwrap().contains("a2"));
    }
}
