// Command weather prints observations with fmt and XML, many thousand a second.
package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"example.com/lab/harness"
)

type observation struct {
	Station string  `xml:"station,attr"`
	Temp    float64 `xml:"temp"`
	Wind    float64 `xml:"wind"`
	Tags    []tag   `xml:"tag"`
}

type tag struct {
	Name  string `xml:"name,attr"`
	Value any    `xml:"value"`
}

type printer struct{ buf []byte }

func (p *printer) line(o *observation) {
	fmt.Fprintf(io.Discard, "%-12s|%8.2f|%8.2f|%v|%+v\n", o.Station, o.Temp, o.Wind, o.Tags, o)
	xml.NewEncoder(io.Discard).Encode(o)
}

func (p *printer) fast(o *observation) {
	b := append(p.buf[:0], o.Station...)
	b = strconv.AppendFloat(append(b, '|'), o.Temp, 'f', 2, 64)
	b = strconv.AppendFloat(append(b, '|'), o.Wind, 'f', 2, 64)
	for _, t := range o.Tags {
		b = append(append(b, t.Name...), ',')
	}
	p.buf = b
}

func main() {
	r := harness.Begin(harness.Plan{})
	o := &observation{Station: "EDDB", Tags: []tag{{"sky", "clear"}, {"hum", 71}, {"ok", true}}}
	p := &printer{}
	for i := 0; r.Alive(); i++ {
		o.Temp, o.Wind = float64(i%40), float64(i%17)/3
		if r.Fixed {
			p.fast(o)
		} else {
			p.line(o)
		}
	}
	r.Wait()
}
