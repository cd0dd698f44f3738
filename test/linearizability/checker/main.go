// Command linearizability reads histories of locks as JSON from standard
// input, checks each with Porcupine against the model of a compare-and-swap
// register, and writes the verdicts as JSON to standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

type request struct {
	LimitSeconds int       `json:"limitSeconds"`
	Machines     []machine `json:"machines"`
}

type machine struct {
	Name       string      `json:"name"`
	Initial    State       `json:"initial"`
	Operations []Operation `json:"operations"`
	// Picture is the file for a drawing of a history that is not
	// linearizable; none is made where it is empty.
	Picture string `json:"picture"`
}

type verdict struct {
	Name         string `json:"name"`
	Result       string `json:"result"`
	Operations   int    `json:"operations"`
	Milliseconds int64  `json:"milliseconds"`
	// Ordered is how many operations the longest order that was found holds,
	// and Stuck are operations that could not come next.
	Ordered int         `json:"ordered"`
	Stuck   []Operation `json:"stuck"`
}

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, "no histories on standard input:", err)
		os.Exit(2)
	}
	verdicts := []verdict{}
	for _, each := range asked.Machines {
		verdicts = append(verdicts, check(each, time.Duration(asked.LimitSeconds)*time.Second))
	}
	if err := json.NewEncoder(os.Stdout).Encode(verdicts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(history machine, limit time.Duration) verdict {
	model := lockModel(history.Initial)
	plain := model.ToModel()
	operations := make([]porcupine.Operation, len(history.Operations))
	for index, each := range history.Operations {
		operations[index] = porcupine.Operation{
			ClientId: each.Client,
			Input:    each,
			Call:     each.Call,
			Return:   each.Return,
			Metadata: index,
		}
	}
	started := time.Now()
	result := porcupine.CheckOperationsTimeout(plain, operations, limit)
	answer := verdict{
		Name:         history.Name,
		Result:       string(result),
		Operations:   len(operations),
		Milliseconds: time.Since(started).Milliseconds(),
		Stuck:        []Operation{},
	}
	if result == porcupine.Illegal {
		explain(&answer, history, plain, operations, limit)
	}
	return answer
}

// explain finds the longest order of operations, and those that should have
// come next in time.
func explain(answer *verdict, history machine, model porcupine.Model, operations []porcupine.Operation, limit time.Duration) {
	_, info := porcupine.CheckOperationsVerbose(model, operations, limit)
	var longest []porcupine.Operation
	for _, orders := range info.PartialLinearizationsOperations() {
		for _, order := range orders {
			if len(order) > len(longest) {
				longest = order
			}
		}
	}
	answer.Ordered = len(longest)
	answer.Stuck = stuck(history.Operations, longest)
	if history.Picture != "" {
		if err := porcupine.VisualizePath(model, info, history.Picture); err != nil {
			fmt.Fprintln(os.Stderr, "no picture:", err)
		}
	}
}

// stuck are the operations beside the order that had to come before any other
// of them ended.
func stuck(all []Operation, order []porcupine.Operation) []Operation {
	const most = 8
	ordered := map[int]bool{}
	for _, each := range order {
		ordered[each.Metadata.(int)] = true
	}
	firstReturn := int64(1<<63 - 1)
	for index, each := range all {
		if !ordered[index] && each.Return < firstReturn {
			firstReturn = each.Return
		}
	}
	found := []Operation{}
	for index, each := range all {
		if !ordered[index] && !each.Open && each.Call <= firstReturn && len(found) < most {
			found = append(found, each)
		}
	}
	return found
}
