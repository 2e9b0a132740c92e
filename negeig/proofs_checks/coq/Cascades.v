(* Diagonal and triangular layers, stacked to any depth.

   A state is a sequence of coordinates, those of lower layers first. A letter acts on a coordinate
   by a map that depends on the letter and on all coordinates before it, in whatever way: this holds
   for diagonal and triangular layers, whose products and sums are added in any fixed order, and
   for layers that read what arbitrary decoders make of the layers below. If all these maps are
   monotone, as where the diagonal is nonnegative, each word acts aperiodically: what is recognised
   is star-free. If each is monotone or antitone, as where the diagonal is real, periods are powers
   of 2. (For rounding at every step this is due to Nowak et al., arXiv 2606.01765.) *)

From Coq Require Import List Arith Lia Bool.
From Negeig Require Import Chains.
Import ListNotations.

Section Cascade.

Variables (X : Type) (le : X -> X -> Prop) (all : list X).
Hypothesis refl : forall x, le x x.
Hypothesis trans : forall x y z, le x y -> le y z -> le x z.
Hypothesis antisym : forall x y, le x y -> le y x -> x = y.
Hypothesis total : forall x y, le x y \/ le y x.
Hypothesis decidable : forall x y : X, {x = y} + {x <> y}.
Hypothesis finite : forall x, In x all.

Notation monotone := (monotone X le).
Notation antitone := (antitone X le).

Fixpoint coordinates (n : nat) : Type :=
  match n with O => unit | S n => (coordinates n * X)%type end.

(* Each coordinate is moved by a map from [allowed] that the coordinates before it choose. *)
Fixpoint triangular (allowed : (X -> X) -> Prop) (n : nat)
  : (coordinates n -> coordinates n) -> Prop :=
  match n with
  | O => fun _ => True
  | S n => fun F => exists (G : coordinates n -> coordinates n) (f : coordinates n -> X -> X),
      triangular allowed n G /\ (forall p, allowed (f p)) /\ forall p x, F (p, x) = (G p, f p x)
  end.

Definition directed (f : X -> X) := monotone f \/ antitone f.

Lemma directed_compose f g : directed f -> directed g -> directed (fun x => g (f x)).
Proof.
  unfold Chains.monotone, Chains.antitone, directed.
  intros [F|F] [G|G]; [left|right|right|left]; intros x y H; auto.
Qed.

(* Words act in the same way as letters do. *)
Lemma triangular_compose (allowed : (X -> X) -> Prop) :
  (forall f g, allowed f -> allowed g -> allowed (fun x => g (f x))) ->
  forall n F G, triangular allowed n F -> triangular allowed n G ->
  triangular allowed n (fun x => G (F x)).
Proof.
  intro C. induction n as [|n IH]; simpl; trivial.
  intros F G (F1 & f & TF & Af & EF) (G1 & g & TG & Ag & EG).
  exists (fun p => G1 (F1 p)), (fun p x => g (F1 p) (f p x)). repeat split.
  - now apply IH.
  - intro p. now apply C.
  - intros p x. now rewrite EF, EG.
Qed.

Lemma triangular_identity (allowed : (X -> X) -> Prop) : allowed (fun x => x) ->
  forall n, triangular allowed n (fun x => x).
Proof.
  intro I. induction n as [|n IH]; simpl; trivial.
  exists (fun p => p), (fun _ x => x). now repeat split.
Qed.

Lemma iterate_pair {P} (G : P -> P) (f : P -> X -> X) F :
  (forall p x, F (p, x) = (G p, f p x)) -> forall m p x,
  fst (iterate F m (p, x)) = iterate G m p.
Proof.
  intros E m p x. induction m as [|m IH]; trivial. simpl.
  destruct (iterate F m (p, x)) as [q y]. rewrite E. simpl in *. now rewrite IH.
Qed.

Lemma one_state (u v : unit) : u = v.
Proof. now destruct u, v. Qed.

Theorem monotone_cascade_eventually_constant n F : triangular monotone n F ->
  forall x, exists N, forall m, N <= m -> iterate F m x = iterate F N x.
Proof.
  revert F; induction n as [|n IH]; intros F T.
  - intros x. exists 0. intros m _. apply one_state.
  - destruct T as (G & f & TG & Mf & E). intros [p x].
    destruct (IH G TG p) as (N & C).
    set (q := iterate G N p). set (y := snd (iterate F N (p, x))).
    assert (S0 : iterate F N (p, x) = (q, y)).
    { unfold q, y. rewrite <- (iterate_pair G f F E N p x). apply surjective_pairing. }
    assert (Fix : G q = q) by (change (iterate G (S N) p = q); apply C; lia).
    assert (D : forall m, iterate F m (q, y) = (q, iterate (f q) m y)).
    { induction m as [|m IHm]; trivial. change (F (iterate F m (q, y)) = (q, f q (iterate (f q) m y))).
      now rewrite IHm, E, Fix. }
    destruct (monotone_eventually_constant X le all refl trans antisym total decidable finite
      (f q) y (Mf q)) as (K & _ & H).
    exists (K + N). intros m L. replace m with ((m - N) + N) by lia.
    rewrite (iterate_plus F (m - N)), (iterate_plus F K), S0, !D, H; trivial. lia.
Qed.

Theorem directed_cascade_period n F : triangular directed n F ->
  forall x, exists N, forall m, N <= m -> iterate F (2 ^ n + m) x = iterate F m x.
Proof.
  revert F; induction n as [|n IH]; intros F T.
  - intros x. exists 0. intros m _. apply one_state.
  - assert (T' := T). destruct T as (G & f & TG & Mf & E). intros [p x].
    destruct (IH G TG p) as (N & C).
    set (q := iterate G N p). set (y := snd (iterate F N (p, x))).
    assert (S0 : iterate F N (p, x) = (q, y)).
    { unfold q, y. rewrite <- (iterate_pair G f F E N p x). apply surjective_pairing. }
    set (P := 2 ^ n) in *.
    assert (Fix : iterate G P q = q).
    { unfold q. rewrite <- iterate_plus. apply C. lia. }
    assert (TP : forall k, triangular directed (S n) (iterate F k)).
    { induction k as [|k IHk].
      - apply (triangular_identity directed). now left.
      - apply (triangular_compose directed directed_compose (S n) (iterate F k) F IHk T'). }
    destruct (TP P) as (GP & fP & _ & MP & EP).
    assert (GPq : GP q = q).
    { rewrite <- Fix at 2. rewrite <- (iterate_pair G f F E P q y). now rewrite EP. }
    assert (D : forall m, iterate F (m * P) (q, y) = (q, iterate (fP q) m y)).
    { induction m as [|m IHm]; trivial. change (S m * P) with (P + m * P).
      now rewrite iterate_plus, IHm, EP, GPq. }
    assert (Two : exists K, forall m, K <= m -> iterate (fP q) (2 + m) y = iterate (fP q) m y).
    { destruct (MP q) as [Up|Down].
      - destruct (monotone_eventually_constant X le all refl trans antisym total decidable finite
          (fP q) y Up) as (K & _ & H).
        exists K. intros m L. now rewrite (H (2 + m)), (H m) by lia.
      - destruct (antitone_eventually_period_two X le all refl trans antisym total decidable finite
          (fP q) y Down) as (K & _ & H). now exists K. }
    destruct Two as (K & H). exists (K * P + N). intros m L.
    destruct (Nat.le_exists_sub (K * P + N) m L) as (d & -> & _).
    replace (2 ^ S n + (d + (K * P + N))) with (d + ((2 + K) * P + N))
      by (simpl; fold P; lia).
    rewrite !(iterate_plus F d), !(iterate_plus F _ N), S0, !D. now rewrite H by lia.
Qed.

(* A letter acts, then the rest of the word. *)
Fixpoint act {L n} (letter : L -> coordinates n -> coordinates n) (w : list L) (x : coordinates n) :=
  match w with [] => x | a :: w => act letter w (letter a x) end.

Lemma act_triangular {L} (allowed : (X -> X) -> Prop) n
  (letter : L -> coordinates n -> coordinates n) :
  allowed (fun x => x) -> (forall f g, allowed f -> allowed g -> allowed (fun x => g (f x))) ->
  (forall a, triangular allowed n (letter a)) -> forall w, triangular allowed n (act letter w).
Proof.
  intros I C T w. induction w as [|a w IH]; simpl.
  - now apply triangular_identity.
  - now apply (triangular_compose allowed C n (letter a)).
Qed.

(* Whatever is read before and after: repeating a word changes nothing from some number on. *)
Theorem nonnegative_stacks_are_aperiodic {L} n (letter : L -> coordinates n -> coordinates n) :
  (forall a, triangular monotone n (letter a)) ->
  forall w x, exists N, forall m, N <= m -> iterate (act letter w) m x = iterate (act letter w) N x.
Proof.
  intros T w. apply monotone_cascade_eventually_constant, (act_triangular monotone); trivial.
  - now intros x y.
  - unfold Chains.monotone. auto.
Qed.

Theorem real_stacks_have_periods_that_are_powers_of_two {L} n
  (letter : L -> coordinates n -> coordinates n) :
  (forall a, triangular directed n (letter a)) ->
  forall w x, exists N, forall m, N <= m ->
  iterate (act letter w) (2 ^ n + m) x = iterate (act letter w) m x.
Proof.
  intros T w. apply directed_cascade_period, (act_triangular directed); trivial.
  - now left.
  - apply directed_compose.
Qed.

Theorem nonnegative_stacks_have_no_parity {L} n (letter : L -> coordinates n -> coordinates n) a h
  (decode : coordinates n -> bool) : (forall a, triangular monotone n (letter a)) ->
  ~ forall k, decode (iterate (letter a) (S k) h) = Nat.even (S k).
Proof.
  intros T H. destruct (monotone_cascade_eventually_constant n _ (T a) h) as (N & E).
  pose proof (H N) as A. pose proof (H (S N)) as B.
  rewrite (E (S N)) in A by lia. rewrite (E (S (S N))) in B by lia. rewrite A in B.
  rewrite Nat.even_succ_succ, Nat.even_succ, <- Nat.negb_even in B. now destruct (Nat.even N).
Qed.

End Cascade.

Definition theorems := (@nonnegative_stacks_are_aperiodic, @real_stacks_have_periods_that_are_powers_of_two, @nonnegative_stacks_have_no_parity).
Print Assumptions theorems.
