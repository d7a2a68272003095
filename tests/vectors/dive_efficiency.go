// Writes dive_efficiency.json: layers by their entries, and what dive makes of them.
//
//	go mod init dived && go get github.com/wagoodman/dive@v0.13.1 && go run dive_efficiency.go > dive_efficiency.json
package main

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"path"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/wagoodman/dive/dive/filetree"
)

// Entry is written as path, type and size.
type Entry struct {
	Path string
	Type string
	Size int64
}

func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{e.Path, e.Type, e.Size})
}

type Case struct {
	Name   string    `json:"name"`
	Layers [][]Entry `json:"layers"`
	Score  string    `json:"score"`
	Wasted int64     `json:"wasted"`
}

func run(c *Case) {
	var trees []*filetree.FileTree
	for _, layer := range c.Layers {
		tree := filetree.NewFileTree()
		for _, e := range layer {
			name := path.Clean(e.Path)
			if name == "." {
				continue
			}
			info := filetree.FileInfo{Path: name, Size: e.Size}
			switch e.Type {
			case "dir":
				info.TypeFlag, info.IsDir = tar.TypeDir, true
			case "symlink":
				info.TypeFlag = tar.TypeSymlink
			case "hardlink":
				info.TypeFlag = tar.TypeLink
			default:
				info.TypeFlag = tar.TypeReg
			}
			if _, _, err := tree.AddPath(name, info); err != nil {
				panic(err)
			}
		}
		trees = append(trees, tree)
	}
	score, matches := filetree.Efficiency(trees)
	c.Score = strconv.FormatFloat(score, 'g', -1, 64)
	for _, m := range matches {
		c.Wasted += m.CumulativeSize
	}
}

func f(p string, s int64) Entry { return Entry{p, "file", s} }
func d(p string) Entry          { return Entry{p, "dir", 0} }

func main() {
	logrus.SetOutput(io.Discard)
	cases := []Case{
		// dive's own TestEfficency: 0.75 and 7000.
		{Name: "dive's own case", Layers: [][]Entry{{f("etc/nginx/nginx.conf", 2000), f("etc/nginx/public", 3000)}, {f("etc/nginx/nginx.conf", 5000), f("etc/athing", 10000)}, {f("etc/.wh.nginx", 0)}}},
		{Name: "a layer of nothing", Layers: [][]Entry{{}}},
		{Name: "a path in three layers", Layers: [][]Entry{{f("a", 5)}, {f("a", 7)}, {f("a", 6)}}},
		{Name: "a removed file counts with its size once and nothing", Layers: [][]Entry{{f("a", 5), f("b", 1)}, {f(".wh.a", 0)}}},
		{Name: "a removed directory counts with all that was below it", Layers: [][]Entry{{d("d"), f("d/a", 5), f("d/b", 7)}, {f(".wh.d", 0)}}},
		{Name: "a removed directory without an entry of its own counts nothing", Layers: [][]Entry{{f("d/a", 5), f("d/b", 7)}, {f(".wh.d", 0)}}},
		{Name: "a directory whose entry an upper layer leaves out counts nothing when removed", Layers: [][]Entry{{d("d"), f("d/a", 5)}, {f("d/b", 7)}, {f(".wh.d", 0)}}},
		{Name: "an opaque whiteout is not looked at", Layers: [][]Entry{{d("d"), f("d/a", 5)}, {d("d"), f("d/.wh..wh..opq", 0), f("d/b", 2)}}},
		{Name: "an opaque whiteout alone makes an empty directory", Layers: [][]Entry{{d("d"), f("d/a", 5)}, {f("d/.wh..wh..opq", 0)}}},
		{Name: "a whiteout of nothing ends its layer", Layers: [][]Entry{{f("z", 9)}, {f("b/.wh.none", 0), f("a", 3), f("z", 4)}, {f("z", 1)}}},
		{Name: "a whiteout in the lowest layer ends it", Layers: [][]Entry{{f(".wh.x", 0), f("y", 3)}}},
		{Name: "a whiteout beside its own path in the lowest layer", Layers: [][]Entry{{f(".wh.x", 0), f("x", 3)}}},
		{Name: "a file where a directory was keeps what lay in it", Layers: [][]Entry{{d("d"), f("d/a", 5)}, {f("d", 1)}, {f("d/b", 2)}, {d("d"), f("e", 1)}, {f(".wh.d", 0)}}},
		{Name: "a whiteout and the same path again", Layers: [][]Entry{{d("d"), f("d/a", 5)}, {f(".wh.d", 0), d("d"), f("d/a", 6)}, {f(".wh.d", 0)}}},
		{Name: "a name that sorts before its whiteout goes with it", Layers: [][]Entry{{d("-d"), f("-d/a", 5)}, {f(".wh.-d", 0), d("-d"), f("-d/b", 6)}, {f(".wh.-d", 0)}}},
		{Name: "a whiteout that is a directory", Layers: [][]Entry{{d("x"), f("x/a", 5)}, {d(".wh.x"), f(".wh.x/b", 1)}, {f(".wh.x", 0)}}},
		{Name: "AUFS' own", Layers: [][]Entry{{d(".wh..wh.plnk"), f(".wh..wh.plnk/1.2", 8), f(".wh..wh.aufs", 0), f("a", 3)}, {f("a", 1)}}},
		{Name: "a whiteout without a name", Layers: [][]Entry{{d("d"), f("d/a", 5)}, {f("d/.wh.", 0)}, {f(".wh.d", 0)}}},
		{Name: "names outside the root", Layers: [][]Entry{{f("../a", 5), f("/../b", 2), f("a/../../c", 1)}, {f("../a", 3), f("b", 4)}}},
		{Name: "hardlinks and symlinks have no size", Layers: [][]Entry{{f("a", 5), {"b", "hardlink", 0}, {"c", "symlink", 0}}, {{"a", "hardlink", 0}, f("b", 2)}}},
		{Name: "a whiteout with bytes", Layers: [][]Entry{{d("d"), f("d/a", 5), f("d/.wh.a", 3)}, {f(".wh.d", 0)}}},
		{Name: "a path twice in a layer", Layers: [][]Entry{{f("a", 5), f("a", 7)}, {f("a", 2)}}},
	}
	r := rand.New(rand.NewSource(1))
	names := []string{"a", "b", "-c", ".d", "a", "b", ".wh.a", ".wh.b", ".wh.-c", ".wh..d", ".wh..wh..opq", ".wh..wh.plnk", ".wh."}
	for i := 0; i < 150; i++ {
		c := Case{Name: "random"}
		for l := 0; l < 1+r.Intn(5); l++ {
			layer := []Entry{}
			for e := 0; e < r.Intn(9); e++ {
				depth := 1 + r.Intn(3)
				var parts []string
				for k := 0; k < depth; k++ {
					n := names[r.Intn(6)]
					if k == depth-1 {
						n = names[r.Intn(len(names))]
						if r.Intn(3) > 0 {
							n = names[r.Intn(10)]
						}
					} else if r.Intn(40) == 0 {
						n = names[r.Intn(len(names))]
					}
					parts = append(parts, n)
				}
				entry := Entry{strings.Join(parts, "/"), "file", int64(r.Intn(1000))}
				if strings.HasPrefix(parts[depth-1], ".wh.") {
					entry.Size = 0
				} else if r.Intn(3) == 0 {
					entry.Type, entry.Size = "dir", 0
				}
				layer = append(layer, entry)
			}
			c.Layers = append(c.Layers, layer)
		}
		cases = append(cases, c)
	}
	for i := range cases {
		run(&cases[i])
	}
	fmt.Println(`{
  "schema": "dive_efficiency/1",
  "about": "Layers by the path, type and size of their entries; the score and the wasted bytes that dive v0.13.1 gives (go1.26.8); written by dive_efficiency.go. The random ones come from a fixed seed.",
  "cases": [`)
	for i, c := range cases {
		line, err := json.Marshal(c)
		if err != nil {
			panic(err)
		}
		end := ","
		if i == len(cases)-1 {
			end = ""
		}
		fmt.Printf("    %s%s\n", line, end)
	}
	fmt.Println("  ]\n}")
}
