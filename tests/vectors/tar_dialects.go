// Writes tar_dialects.json: small tars, and what Go's archive/tar reads in them.
//
//	go run tar_dialects.go "$(go env GOROOT)/src/archive/tar/testdata" > tar_dialects.json
package main

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

type entry struct {
	Type     string            `json:"type"`
	Name     string            `json:"name_hex"`
	Linkname string            `json:"linkname_hex"`
	Mode     int64             `json:"mode"`
	UID      int               `json:"uid"`
	GID      int               `json:"gid"`
	Size     int64             `json:"size"`
	MtimeNs  string            `json:"mtime_ns"`
	Major    int64             `json:"major"`
	Minor    int64             `json:"minor"`
	Xattrs   map[string]string `json:"xattrs_hex"`
	Sha256   *string           `json:"sha256"`
}

type result struct {
	Name    string  `json:"name"`
	Source  string  `json:"source"`
	Tar     string  `json:"tar_gz_base64"`
	Entries []entry `json:"entries"`
	Error   *string `json:"error"`
}

const maxContent = 1 << 24

func read(name, source string, data []byte) result {
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, 9)
	z.Write(data)
	z.Close()
	r := result{Name: name, Source: source, Tar: base64.StdEncoding.EncodeToString(packed.Bytes()), Entries: []entry{}}
	tr := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := tr.Next()
		if err == io.EOF {
			return r
		}
		if err != nil {
			text := err.Error()
			r.Error = &text
			return r
		}
		e := entry{Type: string(rune(h.Typeflag)), Name: hex.EncodeToString([]byte(h.Name)),
			Linkname: hex.EncodeToString([]byte(h.Linkname)), Mode: h.Mode & 0o7777, UID: h.Uid, GID: h.Gid,
			Size: h.Size, Major: h.Devmajor, Minor: h.Devminor, Xattrs: map[string]string{}}
		e.MtimeNs = fmt.Sprintf("%d%09d", h.ModTime.Unix(), h.ModTime.Nanosecond())
		if h.ModTime.Unix() < 0 {
			e.MtimeNs = "-" // written below, where big numbers are not needed
			if h.ModTime.Unix() > -9000000000 {
				e.MtimeNs = fmt.Sprint(h.ModTime.UnixNano())
			}
		}
		for k, v := range h.PAXRecords {
			if n, ok := strings.CutPrefix(k, "SCHILY.xattr."); ok && v != "" {
				e.Xattrs[n] = hex.EncodeToString([]byte(v))
			}
		}
		if h.Size <= maxContent {
			s := sha256.New()
			if _, err := io.Copy(s, tr); err == nil {
				sum := hex.EncodeToString(s.Sum(nil))
				e.Sha256 = &sum
			}
		}
		r.Entries = append(r.Entries, e)
	}
}

// header makes a ustar header block; edit changes it before the checksum.
func header(name string, flag byte, size int64, edit func(b []byte)) []byte {
	b := make([]byte, 512)
	copy(b, name)
	copy(b[100:], "0000644\x00")
	copy(b[108:], "0001750\x00")
	copy(b[116:], "0001751\x00")
	copy(b[124:], fmt.Sprintf("%011o\x00", size))
	copy(b[136:], "14371573000\x00")
	b[156] = flag
	copy(b[257:], "ustar\x0000")
	if edit != nil {
		edit(b)
	}
	return sum(b)
}

func sum(b []byte) []byte {
	copy(b[148:156], "        ")
	n := 0
	for _, c := range b {
		n += int(c)
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", n))
	return b
}

func put(at int, text string) func([]byte) { return func(b []byte) { copy(b[at:], text) } }

func data(s string) []byte { return append([]byte(s), make([]byte, (512-len(s)%512)%512)...) }

func pax(records ...string) []byte {
	var s string
	for i := 0; i < len(records); i += 2 {
		body := " " + records[i] + "=" + records[i+1] + "\n"
		n := len(body) + 1
		for len(fmt.Sprint(n))+len(body) != n {
			n++
		}
		s += fmt.Sprint(n) + body
	}
	return rawPax('x', s)
}

func rawPax(flag byte, s string) []byte {
	return append(header("PaxHeaders/x", flag, int64(len(s)), nil), data(s)...)
}

func file(name, content string) []byte {
	return append(header(name, '0', int64(len(content)), nil), data(content)...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

var end = make([]byte, 1024)

func long(flag byte, text string) []byte {
	return append(header("././@LongLink", flag, int64(len(text)), nil), data(text)...)
}

func gnu(b []byte) { copy(b[257:], "ustar  \x00") }

func oldSparse(real string, pairs ...string) func([]byte) {
	return func(b []byte) {
		gnu(b)
		at := 386
		for _, p := range pairs {
			copy(b[at:], p)
			at += 12
		}
		copy(b[483:], real)
	}
}

func main() {
	var results []result
	dir := os.Args[1]
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		content, err := os.ReadFile(path)
		if err != nil || !strings.Contains(f.Name(), ".tar") {
			continue
		}
		switch filepath.Ext(path) {
		case ".base64":
			content, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(content)))
		case ".bz2":
			content, err = io.ReadAll(bzip2.NewReader(bytes.NewReader(content)))
		}
		if err != nil {
			panic(err)
		}
		results = append(results, read(strings.Split(f.Name(), ".")[0], "go testdata/"+f.Name(), content))
	}
	own := map[string][]byte{
		"directory_by_slash_under_nul_flag": join(header("d/", 0, 0, nil), header("f", 0, 0, nil), end),
		"slash_under_file_flag_stays_file":  join(header("d/", '0', 0, nil), end),
		"link_size_has_no_data":             join(header("h", '1', 700, put(157, "target")), header("s", '2', 5, put(157, "t")), header("d/", '5', 512, nil), file("after", "x"), end),
		"unknown_type_has_data":             join(header("?", 'Z', 3, nil), data("abc"), file("after", "x"), end),
		"contiguous_file":                   join(header("c", '7', 3, nil), data("abc"), end),
		"ustar_prefix":                      join(header("name", '0', 0, put(345, "some/prefix")), end),
		"ustar_prefix_any_version":          join(header("name", '0', 0, func(b []byte) { copy(b[263:], "  "); copy(b[345:], "p") }), end),
		"v7_has_no_prefix":                  join(header("name", '0', 0, func(b []byte) { copy(b[257:], "\x00\x00\x00\x00\x00\x00\x00\x00"); copy(b[345:], "p") }), end),
		"gnu_times_are_no_prefix":           join(header("name", '0', 0, func(b []byte) { gnu(b); copy(b[345:], "14371573000\x0014371573000\x00") }), end),
		"gnu_magic_with_ustar_prefix":       join(header("name", '0', 0, func(b []byte) { gnu(b); copy(b[345:], "old/go/wrote/this") }), end),
		"star_prefix":                       join(header("name", '0', 0, func(b []byte) { copy(b[345:], "p"); copy(b[508:], "tar\x00") }), end),
		"octal_padded_by_spaces": join(header("a", '0', 0, func(b []byte) {
			copy(b[100:], "   644 \x00")
			copy(b[108:], " 12 \x00\x00\x00\x00")
			copy(b[116:], "\x00\x00\x00\x00\x00\x00\x00\x00")
		}), end),
		"octal_with_a_nine": join(header("a", '0', 0, put(108, "0000009\x00")), end),
		"size_with_a_nine":  join(header("a", '0', 0, put(124, "00000000009\x00")), end),
		"binary_numbers": join(header("a", '0', 0, func(b []byte) {
			copy(b[108:], "\x80\x00\x00\x00\x7f\xff\xff\xff")
			copy(b[136:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe")
		}), end),
		"binary_number_overflow":            join(header("a", '0', 0, put(124, "\x80\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")), end),
		"binary_size_negative":              join(header("a", '0', 0, put(124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")), end),
		"signed_checksum":                   join(signed(header("caf\xe9", '0', 0, nil)), end),
		"wrong_checksum":                    join(file("a", "x"), append([]byte("b"), header("a", '0', 0, nil)[1:]...), end),
		"no_end_marker":                     file("a", "x"),
		"no_padding_at_the_end":             file("a", "x")[:513],
		"cut_in_data":                       join(header("a", '0', 600, nil), data("x")),
		"cut_in_header":                     join(file("a", "x"), header("b", '0', 0, nil)[:300]),
		"lone_zero_block":                   join(file("a", "x"), end[:512], file("b", "x"), end),
		"one_zero_block_at_the_end":         join(file("a", "x"), end[:512]),
		"data_after_the_end":                join(file("a", "x"), end, file("b", "x"), end),
		"long_name_and_link":                join(long('L', strings.Repeat("n", 200)+"\x00"), long('K', strings.Repeat("l", 200)+"\x00"), header("short", '2', 0, put(157, "short")), end),
		"long_name_cut_at_nul":              join(long('L', "before\x00after"), header("short", '0', 0, nil), end),
		"long_name_wins_over_pax":           join(pax("path", "from-pax"), long('L', "from-gnu\x00"), header("short", '0', 0, nil), end),
		"last_pax_header_replaces":          join(pax("path", "first", "SCHILY.xattr.user.a", "1"), pax("linkpath", "second"), header("own", '2', 0, nil), end),
		"last_pax_record_holds":             join(pax("path", "first", "path", "second", "SCHILY.xattr.user.a", "1", "SCHILY.xattr.user.a", "2"), header("own", '0', 0, nil), end),
		"empty_pax_value_keeps_the_header":  join(pax("path", "", "SCHILY.xattr.user.a", "", "uid", ""), header("own", '0', 0, nil), end),
		"pax_value_with_newline_and_equals": join(pax("path", "a\nb=c", "SCHILY.xattr.user.a", "x\x00\n=y"), header("own", '0', 0, nil), end),
		"pax_xattr_name_with_equals":        join(rawPax('x', "32 SCHILY.xattr.user.a=b=content\n"), header("own", '0', 0, nil), end),
		"pax_numbers":                       join(pax("uid", "4294967294", "gid", "+7", "mtime", "1.5"), header("own", '0', 0, nil), end),
		"pax_mtime_negative_fraction":       join(pax("mtime", "-1.25"), header("own", '0', 0, nil), end),
		"pax_mtime_minus_zero":              join(pax("mtime", "-0.5"), header("own", '0', 0, nil), end),
		"pax_mtime_many_digits":             join(pax("mtime", "7.1234567899999"), header("own", '0', 0, nil), end),
		"pax_mtime_no_number":               join(pax("mtime", "soon"), header("own", '0', 0, nil), end),
		"pax_mtime_without_seconds":         join(pax("mtime", ".5"), header("own", '0', 0, nil), end),
		"pax_uid_negative":                  join(pax("uid", "-1"), header("own", '0', 0, nil), end),
		"pax_size":                          join(pax("size", "3"), header("own", '0', 0, nil), data("abc"), file("after", "x"), end),
		"pax_size_no_number":                join(pax("size", "many"), header("own", '0', 0, nil), end),
		"pax_size_negative":                 join(pax("size", "-3"), header("own", '0', 0, nil), end),
		"pax_length_too_long":               join(rawPax('x', "99 path=a\n"), header("own", '0', 0, nil), end),
		"pax_length_too_short":              join(rawPax('x', "5 path=a\n"), header("own", '0', 0, nil), end),
		"pax_length_zero":                   join(rawPax('x', "0 path=a\n"), header("own", '0', 0, nil), end),
		"pax_length_overflow":               join(rawPax('x', "99999999999999999999 path=a\n"), header("own", '0', 0, nil), end),
		"pax_length_missing":                join(rawPax('x', "path=a\n"), header("own", '0', 0, nil), end),
		"pax_without_equals":                join(rawPax('x', "8 path\n"), header("own", '0', 0, nil), end),
		"pax_without_newline":               join(rawPax('x', "9 path=a"), header("own", '0', 0, nil), end),
		"pax_path_with_nul":                 join(pax("path", "a\x00b"), header("own", '0', 0, nil), end),
		"pax_empty":                         join(rawPax('x', ""), header("own", '0', 0, nil), end),
		"pax_without_entry":                 join(file("a", "x"), pax("path", "b")),
		"global_header_forgets_pax":         join(pax("path", "from-pax"), rawPax('g', "13 comment=a\n"), header("own", '0', 0, nil), end),
		"global_path_does_not_apply":        join(rawPax('g', "12 path=all\n"), header("own", '0', 0, nil), file("b", "x"), end),
		"device_numbers":                    join(header("c", '3', 0, func(b []byte) { copy(b[329:], "0000001\x00"); copy(b[337:], "0000003\x00") }), header("b", '4', 0, put(329, "\x80\x00\x00\x00\x00\x01\x00\x00")), end),
		"device_numbers_negative":           join(header("c", '3', 0, put(329, "\xff\xff\xff\xff\xff\xff\xff\xff")), end),
		"sparse_1_0":                        join(pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", "real", "GNU.sparse.realsize", "2000"), header("GNUSparseFile.1/x", '0', 515, nil), data("2\n1000\n3\n2000\n0\n"), data("abc"), file("after", "x"), end),
		"sparse_1_0_count_huge":             join(pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "2000"), header("s", '0', 512, nil), data("9223372036854775807\n0\n1\n"), file("after", "x"), end),
		"sparse_1_0_without_room_for_map":   join(pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "3"), header("s", '0', 3, nil), data("0\n"), file("after", "x"), end),
		"sparse_1_0_map_of_letters":         join(pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "3"), header("s", '0', 512, nil), data("abc\n"), file("after", "x"), end),
		"sparse_0_1_overlap":                join(pax("GNU.sparse.numblocks", "2", "GNU.sparse.map", "0,4,2,4", "GNU.sparse.size", "10"), header("s", '0', 8, nil), data("12345678"), file("after", "x"), end),
		"sparse_0_1_beyond_size":            join(pax("GNU.sparse.numblocks", "1", "GNU.sparse.map", "8,4", "GNU.sparse.size", "10"), header("s", '0', 4, nil), data("1234"), file("after", "x"), end),
		"sparse_0_1_out_of_order":           join(pax("GNU.sparse.numblocks", "2", "GNU.sparse.map", "5,2,0,2", "GNU.sparse.size", "10"), header("s", '0', 4, nil), data("1234"), file("after", "x"), end),
		"sparse_0_1_count_lies":             join(pax("GNU.sparse.numblocks", "9", "GNU.sparse.map", "0,4", "GNU.sparse.size", "10"), header("s", '0', 4, nil), data("1234"), file("after", "x"), end),
		"sparse_0_1_less_data_than_mapped":  join(pax("GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,6", "GNU.sparse.size", "10"), header("s", '0', 4, nil), data("1234"), file("after", "x"), end),
		"sparse_0_1_more_data_than_mapped":  join(pax("GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,2", "GNU.sparse.size", "10"), header("s", '0', 4, nil), data("1234"), file("after", "x"), end),
		"sparse_0_1_offset_overflow":        join(pax("GNU.sparse.numblocks", "1", "GNU.sparse.map", "9223372036854775807,9223372036854775807", "GNU.sparse.size", "10"), header("s", '0', 4, nil), data("1234"), file("after", "x"), end),
		"sparse_0_0":                        join(pax("GNU.sparse.size", "8", "GNU.sparse.numblocks", "2", "GNU.sparse.offset", "1", "GNU.sparse.numbytes", "2", "GNU.sparse.offset", "6", "GNU.sparse.numbytes", "2"), header("s", '0', 4, nil), data("1234"), end),
		"sparse_0_0_pairs_mixed_up":         join(pax("GNU.sparse.size", "8", "GNU.sparse.numblocks", "1", "GNU.sparse.numbytes", "2", "GNU.sparse.offset", "6"), header("s", '0', 2, nil), data("12"), end),
		"sparse_unknown_version":            join(pax("GNU.sparse.major", "2", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "9"), header("s", '0', 2, nil), data("12"), end),
		"sparse_size_negative":              join(pax("GNU.sparse.numblocks", "0", "GNU.sparse.map", "", "GNU.sparse.major", "0", "GNU.sparse.minor", "1", "GNU.sparse.size", "-1"), header("s", '0', 0, nil), end),
		"sparse_on_a_directory":             join(pax("GNU.sparse.numblocks", "1", "GNU.sparse.map", "0,0", "GNU.sparse.size", "1"), header("d/", '5', 0, nil), file("after", "x"), end),
		"old_sparse":                        join(header("s", 'S', 4, oldSparse("00000000024\x00", "00000000002\x00", "00000000004\x00", "00000000024\x00", "00000000000\x00")), data("1234"), file("after", "x"), end),
		"old_sparse_overlap":                join(header("s", 'S', 8, oldSparse("00000000024\x00", "00000000002\x00", "00000000004\x00", "00000000003\x00", "00000000004\x00")), data("12345678"), file("after", "x"), end),
		"old_sparse_extended":               join(header("s", 'S', 2, func(b []byte) { oldSparse("00000000024\x00", "00000000000\x00", "00000000001\x00")(b); b[482] = 1 }), extension("00000000005\x00", "00000000001\x00", "00000000024\x00", "00000000000\x00"), data("12"), file("after", "x"), end),
		"old_sparse_under_ustar":            join(header("s", 'S', 4, nil), data("1234"), file("after", "x"), end),
	}
	names := make([]string, 0, len(own))
	for name := range own {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		results = append(results, read(name, "own", own[name]))
	}
	fmt.Println("{")
	fmt.Printf("  \"schema\": \"tar_dialects/1\",\n  \"about\": %q,\n  \"cases\": [\n", "Tars, and the entries and the error that archive/tar of "+runtime.Version()+" gives; written by tar_dialects.go. Content is not read beyond 16 MiB.")
	for i, r := range results {
		text, err := json.Marshal(r)
		if err != nil {
			panic(err)
		}
		comma := ","
		if i == len(results)-1 {
			comma = ""
		}
		fmt.Printf("    %s%s\n", text, comma)
	}
	fmt.Println("  ]\n}")
}

func extension(pairs ...string) []byte {
	b := make([]byte, 512)
	for i, p := range pairs {
		copy(b[i*12:], p)
	}
	return b
}

func signed(b []byte) []byte {
	copy(b[148:156], "        ")
	n := 0
	for _, c := range b {
		n += int(int8(c))
	}
	copy(b[148:], fmt.Sprintf("%06o\x00 ", n))
	return b
}
