(* What a network means, in any arithmetic, and what a machine means: runs on words.

   Letters, symbols, codes and states are numbered from 1; [array] is a list that is looked up by
   such numbers. Nothing here is about proofs: these are the definitions that a reader trusts. *)

From Coq Require Import ZArith List FMapPositive QArith.
From Negeig Require Import Floating.
Import ListNotations.
Open Scope Z_scope.

Notation index := positive.

Fixpoint insert {A} (i : index) (l : list A) (t : PositiveMap.t A) : PositiveMap.t A :=
  match l with
  | [] => t
  | x :: rest => insert (Pos.succ i) rest (PositiveMap.add i x t)
  end.

Definition array {A} (l : list A) : PositiveMap.t A := insert 1 l (PositiveMap.empty A).

Notation get := PositiveMap.find.

(* A machine: successors by state and letter, an output for each state. *)
Record machine := {
  successors : PositiveMap.t (PositiveMap.t index);
  output_of : PositiveMap.t Z;
  start : index
}.

Definition successor (M : machine) (q a : index) : option index :=
  match get q (successors M) with Some row => get a row | None => None end.

Fixpoint machine_run (M : machine) (q : index) (w : list index) : option Z :=
  match w with
  | [] => get q (output_of M)
  | a :: rest =>
      match successor M q a with Some p => machine_run M p rest | None => None end
  end.

(* An arithmetic: operations on numbers, and where a state is rounded on top of them. *)
Record arithmetic := {
  num : Type;
  nothing : num;                            (* an empty sum *)
  times : num -> num -> num;
  plus : num -> num -> num;
  times_plus : num -> num -> num -> num;    (* a b + c, with one rounding or two *)
  minus : num -> num;
  is_nothing : num -> bool;                 (* a write or bias that is not added *)
  after_step : num -> num;
  after_letter : num -> num;
  equal : num -> num -> bool;
  equal_sound : forall x y, equal x y = true -> x = y;
  (* Integers over one positive denominator; None for a vector that is not finite. *)
  point : list num -> option (list Z * Z)
}.

Section Layers.

Variable A : arithmetic.

Inductive step :=
| Delta (beta : num A) (key : list (num A)) (write : num A)
| Dense (matrix : list (list (num A))) (bias : list (num A)).

Record layer := {
  steps : PositiveMap.t (list step);             (* by letter *)
  codes : list (list Z);
  scale : Z;                                     (* each code is divided by it *)
  emit : PositiveMap.t (PositiveMap.t index)     (* by code and letter *)
}.

(* Products are added from left to right. *)
Fixpoint sum_from (s : num A) (k h : list (num A)) : num A :=
  match k, h with
  | a :: k, x :: h => sum_from (times_plus A a x s) k h
  | _, _ => s
  end.

Definition dot (k h : list (num A)) : num A :=
  match k, h with
  | a :: k, x :: h => sum_from (times A a x) k h
  | _, _ => nothing A
  end.

Fixpoint move (k : list (num A)) (t : num A) (h : list (num A)) : list (num A) :=
  match k, h with
  | a :: k, x :: h => times_plus A (minus A a) t x :: move k t h
  | _, _ => []
  end.

Fixpoint affine (rows : list (list (num A))) (bias h : list (num A)) : list (num A) :=
  match rows, bias with
  | row :: rows, b :: bias =>
      (if is_nothing A b then dot row h else plus A (dot row h) b) :: affine rows bias h
  | _, _ => []
  end.

Definition take (h : list (num A)) (s : step) : list (num A) :=
  map (after_step A)
    match s with
    | Delta beta k w =>
        let s := dot k h in
        let u := if is_nothing A w then s else plus A s (minus A w) in
        move k (times A beta u) h
    | Dense rows bias => affine rows bias h
    end.

Definition read (own : list step) (h : list (num A)) : list (num A) :=
  map (after_letter A) (fold_left take own h).

(* The square of the distance of code / scale from point / d, times (scale d)^2. *)
Fixpoint distance (scale d : Z) (code p : list Z) : Z :=
  match code with
  | [] => 0
  | c :: rest =>
      let x := c * d - scale * hd 0 p in x * x + distance scale d rest (tl p)
  end.

Fixpoint scan (L : layer) (d : Z) (p : list Z) (rest : list (list Z)) (i best : index) (least : Z)
  : index :=
  match rest with
  | [] => best
  | c :: rest =>
      let x := distance (scale L) d c p in
      if x <? least then scan L d p rest (Pos.succ i) i x
      else scan L d p rest (Pos.succ i) best least
  end.

(* The code nearest to a state, the first of equals. *)
Definition nearest (L : layer) (h : list (num A)) : option index :=
  match point A h, codes L with
  | Some (p, d), c :: rest => Some (scan L d p rest 2 1 (distance (scale L) d c p))
  | _, _ => None
  end.

Definition emitted (L : layer) (c a : index) : option index :=
  match get c (emit L) with Some row => get a row | None => None end.

(* The layers read a letter, each the symbol that the one before it emits. *)
Fixpoint net_step (layers : list layer) (states : list (list (num A))) (a : index)
  : option (list (list (num A)) * index) :=
  match layers, states with
  | [], [] => Some ([], a)
  | L :: layers, h :: states =>
      match get a (steps L) with
      | None => None
      | Some own =>
          let h := read own h in
          match nearest L h with
          | None => None
          | Some c =>
              match emitted L c a with
              | None => None
              | Some b =>
                  match net_step layers states b with
                  | None => None
                  | Some (states, symbol) => Some (h :: states, symbol)
                  end
              end
          end
      end
  | _, _ => None
  end.

Record network := {
  layers : list layer;
  initial : list (list (num A));
  outputs : PositiveMap.t Z;       (* by the symbol that the last layer emits *)
  empty : Z                        (* on the empty word *)
}.

Fixpoint run_from (N : network) (states : list (list (num A))) (output : Z) (w : list index)
  : option Z :=
  match w with
  | [] => Some output
  | a :: rest =>
      match net_step (layers N) states a with
      | None => None
      | Some (states, symbol) =>
          match get symbol (outputs N) with
          | None => None
          | Some output => run_from N states output rest
          end
      end
  end.

(* The output of a network after a word. *)
Definition run (N : network) (w : list index) : option Z :=
  run_from N (initial N) (empty N) w.

End Layers.

Arguments Delta {A}.
Arguments Dense {A}.

(* Every operation is rounded to [f], or with [fma] a product and the addition that takes it
   together; the state is rounded further by [step] after each step and [letter] after each letter. *)
Definition rounding (f : format) (fma : bool) (step letter : number -> number) : arithmetic := {|
  num := number;
  nothing := Zero false;
  times := multiply f;
  plus := add f;
  times_plus a b c := if fma then fused f a b c else add f c (multiply f a b);
  minus := opposite;
  is_nothing := is_zero;
  after_step := step;
  after_letter := letter;
  equal := same;
  equal_sound := same_sound;
  point := fractions
|}.

Definition unchanged (x : number) : number := x.

(* Exact rationals, in lowest terms. *)
Definition same_fraction (x y : Q) : bool := (Qnum x =? Qnum y) && (Qden x =? Qden y)%positive.

Lemma same_fraction_sound x y : same_fraction x y = true -> x = y.
Proof.
  unfold same_fraction. destruct x as [a b], y as [c d]; simpl. intro H.
  apply andb_prop in H as [H K]. apply Z.eqb_eq in H. apply Pos.eqb_eq in K. now subst.
Qed.

Definition common (h : list Q) : Z := fold_left (fun d x => Z.lcm d (Zpos (Qden x))) h 1.

Definition exact : arithmetic := {|
  num := Q;
  nothing := 0%Q;
  times x y := Qred (x * y);
  plus x y := Qred (x + y);
  times_plus a b c := Qred (c + a * b);
  minus := Qopp;
  is_nothing x := Qnum x =? 0;
  after_step x := x;
  after_letter x := x;
  equal := same_fraction;
  equal_sound := same_fraction_sound;
  point h :=
    let d := common h in Some (map (fun x => Qnum x * (d / Zpos (Qden x))) h, d)
|}.

(* Integers: nothing is ever divided. *)
Definition integers : arithmetic := {|
  num := Z;
  nothing := 0;
  times := Z.mul;
  plus := Z.add;
  times_plus a b c := c + a * b;
  minus := Z.opp;
  is_nothing x := x =? 0;
  after_step x := x;
  after_letter x := x;
  equal := Z.eqb;
  equal_sound x y := proj1 (Z.eqb_eq x y);
  point h := Some (h, 1)
|}.
