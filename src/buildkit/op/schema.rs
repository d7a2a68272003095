//! The messages of BuildKit's low-level build definition: `solver/pb/ops.proto`,
//! and `json.go` for the three that have a `oneof`. Numbers of enumerations stay
//! numbers, as Go writes them.

use super::message::Schema;
use super::message::Type::{
    Bytes, Flag, Integer, Integers, Message, Messages, Struct, Text, Texts,
};

macro_rules! schemas {
    ($($(#[$meta:meta])* $name:ident = $message:literal { $($field:literal: $of:expr,)* })*) => {$(
        $(#[$meta])*
        pub static $name: Schema = Schema {
            name: $message,
            fields: &[$(($field, $of)),*],
        };
    )*};
}

schemas! {
    /// One vertex.
    OP = "Op" {
        "inputs": Messages(&INPUT),
        "Op": Struct(&KIND),
        "platform": Message(&PLATFORM),
        "constraints": Message(&CONSTRAINTS),
        "identity": Text,
    }
    INPUT = "Input" { "digest": Text, "index": Integer, }
    PLATFORM = "Platform" {
        "Architecture": Text,
        "OS": Text,
        "Variant": Text,
        "OSVersion": Text,
        "OSFeatures": Texts,
    }
    CONSTRAINTS = "WorkerConstraints" { "filter": Texts, }
    /// What a vertex does: one of these.
    KIND = "Op" {
        "exec": Message(&EXEC),
        "source": Message(&SOURCE),
        "file": Message(&FILE),
        "merge": Message(&MERGE),
        "diff": Message(&DIFF),
    }
    SOURCE = "SourceOp" { "identifier": Text, "attrs": Struct(&ATTRIBUTES), }
    /// Read apart: names are whatever the op has.
    ATTRIBUTES = "SourceOp.attrs" {}

    EXEC = "ExecOp" {
        "meta": Message(&META),
        "mounts": Messages(&MOUNT),
        "network": Integer,
        "security": Integer,
        "secretenv": Messages(&SECRET_ENV),
        "cdiDevices": Messages(&DEVICE),
    }
    META = "Meta" {
        "args": Texts,
        "env": Texts,
        "cwd": Text,
        "user": Text,
        "proxy_env": Message(&PROXY_ENV),
        "extraHosts": Messages(&HOST),
        "hostname": Text,
        "ulimit": Messages(&ULIMIT),
        "cgroupParent": Text,
        "removeMountStubsRecursive": Flag,
        "validExitCodes": Integers,
    }
    PROXY_ENV = "ProxyEnv" {
        "http_proxy": Text,
        "https_proxy": Text,
        "ftp_proxy": Text,
        "no_proxy": Text,
        "all_proxy": Text,
    }
    HOST = "HostIP" { "Host": Text, "IP": Text, }
    ULIMIT = "Ulimit" { "Name": Text, "Soft": Integer, "Hard": Integer, }
    SECRET_ENV = "SecretEnv" { "ID": Text, "name": Text, "optional": Flag, }
    DEVICE = "CDIDevice" { "name": Text, "optional": Flag, }
    MOUNT = "Mount" {
        "input": Integer,
        "selector": Text,
        "dest": Text,
        "output": Integer,
        "readonly": Flag,
        "mountType": Integer,
        "TmpfsOpt": Message(&TMPFS),
        "cacheOpt": Message(&CACHE),
        "secretOpt": Message(&GRANT),
        "SSHOpt": Message(&GRANT),
        "resultID": Text,
        "contentCache": Integer,
    }
    TMPFS = "TmpfsOpt" { "size": Integer, }
    CACHE = "CacheOpt" { "ID": Text, "sharing": Integer, }
    /// Of a secret and of an SSH agent alike.
    GRANT = "SecretOpt" {
        "ID": Text,
        "uid": Integer,
        "gid": Integer,
        "mode": Integer,
        "optional": Flag,
    }

    FILE = "FileOp" { "actions": Messages(&ACTION), }
    ACTION = "FileAction" {
        "input": Integer,
        "secondaryInput": Integer,
        "output": Integer,
        "Action": Struct(&ACTION_KIND),
    }
    ACTION_KIND = "FileAction" {
        "copy": Message(&COPY),
        "mkfile": Message(&MKFILE),
        "mkdir": Message(&MKDIR),
        "rm": Message(&RM),
        "symlink": Message(&SYMLINK),
    }
    COPY = "FileActionCopy" {
        "src": Text,
        "dest": Text,
        "owner": Message(&OWNER),
        "mode": Integer,
        "followSymlink": Flag,
        "dirCopyContents": Flag,
        "attemptUnpackDockerCompatibility": Flag,
        "createDestPath": Flag,
        "allowWildcard": Flag,
        "allowEmptyWildcard": Flag,
        "timestamp": Integer,
        "include_patterns": Texts,
        "exclude_patterns": Texts,
        "alwaysReplaceExistingDestPaths": Flag,
        "modeStr": Text,
        "required_paths": Texts,
    }
    MKFILE = "FileActionMkFile" {
        "path": Text,
        "mode": Integer,
        "data": Bytes,
        "owner": Message(&OWNER),
        "timestamp": Integer,
    }
    MKDIR = "FileActionMkDir" {
        "path": Text,
        "mode": Integer,
        "makeParents": Flag,
        "owner": Message(&OWNER),
        "timestamp": Integer,
    }
    RM = "FileActionRm" { "path": Text, "allowNotFound": Flag, "allowWildcard": Flag, }
    SYMLINK = "FileActionSymlink" {
        "oldpath": Text,
        "newpath": Text,
        "owner": Message(&OWNER),
        "timestamp": Integer,
    }
    OWNER = "ChownOpt" { "user": Message(&USER), "group": Message(&USER), }
    USER = "UserOpt" { "User": Struct(&USER_KIND), }
    USER_KIND = "UserOpt" { "byName": Message(&NAMED_USER), "byId": Integer, }
    NAMED_USER = "NamedUserOpt" { "name": Text, "input": Integer, }

    MERGE = "MergeOp" { "inputs": Messages(&ONE_INPUT), }
    DIFF = "DiffOp" { "lower": Message(&ONE_INPUT), "upper": Message(&ONE_INPUT), }
    ONE_INPUT = "MergeInput" { "input": Integer, }
}
