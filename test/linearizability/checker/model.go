package main

import "github.com/anishathalye/porcupine"

// State is what one machine's lock is: a compare-and-swap register. Of a free
// lock, Claim and Until are those of its last hold.
type State struct {
	Kind        string `json:"kind"`
	Holder      string `json:"holder"`
	Claim       string `json:"claim"`
	Transitions int64  `json:"transitions"`
	Until       int64  `json:"until"`
}

// Operation is one reading or one write of a machine's lock, with the time
// from its beginning to its end in microseconds of one clock.
type Operation struct {
	Client int    `json:"client"`
	Verb   string `json:"verb"`
	By     string `json:"by"`
	Call   int64  `json:"call"`
	Return int64  `json:"return"`
	// Before is what a write replaced, as the writer believed; After is what
	// it stored, or what a reading saw.
	Before *State `json:"before"`
	After  State  `json:"after"`
	// ServerTime is that of the answer that the write rests on, in epoch
	// milliseconds; zero where the answer carried none.
	ServerTime int64 `json:"serverTime"`
	// Open marks a write of which nobody ever learned what became of it.
	Open bool `json:"open"`
}

// The Date header is cut to whole seconds, and what begins counts from the end
// of the second: a lock of one's own may be begun anew that much early.
const dateGrain = 1000

// lockModel is the register of one machine, beginning in the given state.
func lockModel(initial State) porcupine.NondeterministicModel {
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{initial} },
		Step: func(state, input, _ any) []any {
			return next(state.(State), input.(Operation))
		},
		Equal: func(a, b any) bool { return a.(State) == b.(State) },
		Hash:  func(state any) uint64 { return hash(state.(State)) },
	}
}

// next are the states in which the register can be after the operation; none
// where the operation cannot have happened in this state.
func next(state State, operation Operation) []any {
	if operation.Before == nil {
		if state == operation.After {
			return []any{state}
		}
		return nil
	}
	after := []any{}
	if state == *operation.Before && isLawful(operation) {
		after = append(after, operation.After)
	}
	if operation.Open {
		// It failed, or it never arrived, and nobody was told.
		after = append(after, state)
	}
	return after
}

// isLawful tells whether the rules of locks allow a write of this kind to turn
// Before into After.
func isLawful(operation Operation) bool {
	before, after := *operation.Before, operation.After
	isMine := before.Kind == "held" && before.Holder == operation.By
	isKept := after.Transitions == before.Transitions
	isAnew := after.Transitions == before.Transitions+1
	becomesMine := after.Kind == "held" && after.Holder == operation.By
	becomesFree := after.Kind == "free" && after.Holder == "" && isKept
	switch operation.Verb {
	case "claim":
		switch {
		case !becomesMine || after.Claim == before.Claim:
			return false
		case before.Kind == "free":
			return isAnew
		case isMine && isKept:
			return after.Until >= before.Until
		case isMine:
			return isAnew && before.Until <= operation.ServerTime+dateGrain
		default:
			return before.Kind == "held" && isAnew && before.Until <= operation.ServerTime
		}
	case "extend":
		hasEnded := before.Until <= operation.ServerTime
		return isMine && !hasEnded && becomesMine && isKept && after.Until >= before.Until && after.Claim != before.Claim
	case "unlock":
		return isMine && becomesFree
	case "unlock-other":
		return before.Kind == "held" && becomesFree
	case "steal":
		hasEnded := before.Until <= operation.ServerTime
		return before.Kind == "held" && !hasEnded && becomesMine && isAnew && after.Claim != before.Claim
	default:
		return false
	}
}

func hash(state State) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	sum := uint64(offset)
	for _, text := range []string{state.Kind, state.Holder, state.Claim} {
		for index := range len(text) {
			sum = (sum ^ uint64(text[index])) * prime
		}
	}
	sum = (sum ^ uint64(state.Transitions)) * prime
	return (sum ^ uint64(state.Until)) * prime
}
